// Undoes the shuffle of units, with the key that was told of a frozen key: docs/codes.md, section offline.

import { fromHex } from "./bytes.js";

/** Bits of the first block of a lot; each later block is twice the one before. */
const FIRST_BLOCK_BITS = 10;
const ROUNDS = 10;
/** Lots, and units of a lot, are 24 bits of a code. */
const [LAST_LOT, LAST_UNIT] = [1 << 24, 1 << 24];

/** @typedef {Readonly<{first: number, stop: number, secret: Uint8Array}>} UnitKey of lots [first, stop) */

/** Bits of reference, expiry and flags of a code. */
const SAID = [47, 14, 3];

/**
 * Whether the unit of a code lies in the log of a frozen key and the code says what it said there; null:
 * the unit does, and nobody told what its code says.
 *
 * @param {import("./manifest.js").Key} key
 * @param {import("./parse.js").Payload} payload
 * @returns {Promise<boolean | null>}
 */
export async function logged(key, { lot, unit, said }) {
  const own = [...key.ranges.keys()].filter((at) => key.ranges[at][0] === lot);
  if (!own.length) return false;
  const index = key.unitKeys.length ? await indexOf(key.unitKeys, lot, unit) : unit;
  if (index === null) return false;
  const inside = own.filter((at) => key.ranges[at][1] <= index && index < key.ranges[at][2]);
  const told = inside.map((at) => key.facts[at] ?? []);
  if (told.some((facts) => facts.length && facts.every((fact, at) => fact === said[at]))) return true;
  return told.some((facts) => !facts.length) ? null : false;
}

/**
 * Where a printed *unit* stood in its lot, counted from 0; null: no key is for that lot.
 *
 * @param {readonly UnitKey[]} keys
 * @param {number} lot
 * @param {number} unit below 2^24
 */
export async function indexOf(keys, lot, unit) {
  const key = keys.find(({ first, stop }) => first <= lot && lot < stop);
  if (!key) return null;
  const first = unit < 1 << FIRST_BLOCK_BITS;
  const bits = first ? FIRST_BLOCK_BITS : 31 - Math.clz32(unit);
  const start = first ? 0 : 1 << bits;
  return start + (await backward(key.secret, bits, lot, unit - start));
}

/**
 * @param {Uint8Array} secret
 * @param {number} bits of the block, at most 23
 * @param {number} tweak
 * @param {number} place
 */
async function backward(secret, bits, tweak, place) {
  const left = bits >> 1;
  const right = bits - left;
  const raw = /** @type {BufferSource} */ (secret);
  const aes = await crypto.subtle.importKey("raw", raw, "AES-CBC", false, ["encrypt"]);
  let [a, b] = [place >>> right, place & ((1 << right) - 1)];
  for (let round = ROUNDS - 1; round >= 0; round--) {
    const block = new DataView(new ArrayBuffer(16));
    block.setUint8(0, round);
    block.setUint8(1, bits);
    block.setUint32(4, tweak);
    block.setUint32(12, a);
    // One block behind a vector of zeros is the bare cipher; what follows it is padding.
    const iv = new Uint8Array(16);
    const made = await crypto.subtle.encrypt({ name: "AES-CBC", iv }, aes, block);
    const mask = (1 << (round & 1 ? right : left)) - 1;
    [a, b] = [b ^ (new DataView(made).getUint32(4) & mask), a];
  }
  return a * (1 << right) + b;
}

/**
 * Whether *row* of a manifest is a lot with units [first, stop).
 *
 * @param {any} row
 */
export function isRange(row) {
  if (!Array.isArray(row) || row.length !== 3 || !row.every(Number.isInteger)) return false;
  const [lot, first, stop] = row;
  return lot >= 0 && lot < LAST_LOT && first >= 0 && first < stop && stop <= LAST_UNIT;
}

/**
 * Whether *row* of a manifest is what codes say: reference, expiry and flags, or nothing where it is not told.
 *
 * @param {any} row
 */
export function areFacts(row) {
  if (!Array.isArray(row) || (row.length !== 0 && row.length !== SAID.length)) return false;
  return row.every((fact, at) => Number.isInteger(fact) && fact >= 0 && fact < 2 ** SAID[at]);
}

/**
 * Lots and key of a row of a manifest; null where it is none.
 *
 * @param {any} row
 * @returns {UnitKey | null}
 */
export function readUnitKey(row) {
  if (!Array.isArray(row) || row.length !== 3) return null;
  const [first, stop, text] = row;
  const secret = typeof text === "string" ? fromHex(text) : null;
  if (!Number.isInteger(first) || !Number.isInteger(stop) || secret?.length !== 32) return null;
  return first >= 0 && first < stop && stop <= LAST_LOT ? Object.freeze({ first, stop, secret }) : null;
}
