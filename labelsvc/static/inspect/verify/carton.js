// The code on a carton: which units belong inside. labelsvc/codes/forms/carton.py in the browser.

import { concat, sha256, utf8 } from "./bytes.js";
import { Refused } from "./errors.js";
import { isGtin } from "./identifiers.js";

/**
 * @typedef {{kid: number, reference: number, gtin: string | null, lot: number, issue: number,
 *   first: number, count: number, expires: string | null, tags: Uint8Array}} Payload
 *   `first` is the place of the first unit in its run, from 0
 * @typedef {{form: "carton", canonical: string, payload: Payload, packed: Uint8Array,
 *   signature: Uint8Array}} Carton
 */

const HEADER = 22;
const TAG = 2;
const SIGNATURE = 64;
const MOST_UNITS = 360;
/** Bits of the fields, the last one first. */
const FIELDS = /** @type {[string, bigint][]} */ ([
  ["reserved", 4n], ["flags", 3n], ["expires", 14n], ["count", 12n], ["first", 24n], ["issue", 32n],
  ["lot", 24n], ["reference", 47n], ["kid", 12n], ["version", 4n],
]);
/** 2020-01-01, day 0 of the expiry field, which means "none". */
const EPOCH = Date.UTC(2020, 0, 1);
/** Count of digits → units there is room for. */
const ROOM = new Map(
  Array.from({ length: MOST_UNITS }, (_, at) => [
    ((1n << BigInt(8 * size(at + 1))) - 1n).toString().length, at + 1,
  ]),
);

/** @param {number} units */
function size(units) {
  return HEADER + TAG * units + SIGNATURE;
}

/**
 * Whether *text* has the length of a carton code.
 *
 * @param {string} text
 */
export function isCarton(text) {
  return ROOM.has(text.length) && /^[0-9]+$/.test(text);
}

/**
 * @param {string} text for which `isCarton` holds
 * @returns {Carton}
 * @throws {Refused} MALFORMED
 */
export function readCarton(text) {
  const bytes = size(ROOM.get(text.length) ?? 0);
  let number = BigInt(text);
  if (number >> BigInt(8 * bytes)) throw new Refused("MALFORMED");
  const raw = new Uint8Array(bytes);
  for (let at = bytes - 1; at >= 0; at--) {
    raw[at] = Number(number & 255n);
    number >>= 8n;
  }
  const packed = raw.slice(0, -SIGNATURE);
  return { form: "carton", canonical: text, payload: unpack(packed), packed, signature: raw.slice(-SIGNATURE) };
}

/**
 * @param {Uint8Array} packed
 * @returns {Payload}
 */
function unpack(packed) {
  let number = 0n;
  for (const byte of packed.slice(0, HEADER)) number = (number << 8n) | BigInt(byte);
  /** @type {{[name: string]: number}} */
  const field = {};
  for (const [name, bits] of FIELDS) {
    field[name] = Number(number & ((1n << bits) - 1n));
    number >>= bits;
  }
  const tags = packed.slice(HEADER);
  const behind = tags.slice(field.count * TAG);
  if (field.version !== 2 || field.reserved || field.flags & ~1 || field.kid < 1 || field.count < 1
    || field.count * TAG > tags.length || behind.some((byte) => byte !== 0)) throw new Refused("MALFORMED");
  const gtin = field.flags & 1 ? String(field.reference).padStart(14, "0") : null;
  if (gtin !== null && !isGtin(gtin)) throw new Refused("MALFORMED");
  return {
    kid: field.kid, reference: field.reference, gtin, lot: field.lot, issue: field.issue,
    first: field.first, count: field.count, tags,
    expires: field.expires ? new Date(EPOCH + field.expires * 86_400_000).toISOString().slice(0, 10) : null,
  };
}

/**
 * The message under the signature.
 *
 * @param {string} host
 * @param {Carton} code
 */
export function message(host, code) {
  return concat(utf8(`ocop-carton-v1\0${host}\0`), code.packed);
}

/**
 * Numbers in the run (from 1) that a unit's code has in the carton: none where it does not belong
 * inside, one, seldom two.
 *
 * @param {Pick<Payload, "first" | "count" | "tags">} carton
 * @param {string} host
 * @param {string} canonical spelling of the unit's code, without the host
 * @returns {Promise<number[]>}
 */
export async function placesOf(carton, host, canonical) {
  const tag = (await sha256(utf8(`ocop-carton-unit-v1\0${host}\0${canonical}`))).slice(0, TAG);
  const found = [];
  for (let at = 0; at < carton.count; at++) {
    if (carton.tags[TAG * at] === tag[0] && carton.tags[TAG * at + 1] === tag[1]) {
      found.push(carton.first + at + 1);
    }
  }
  return found;
}
