// How far units of each lot were issued: the body of a list `issued` (docs/trust.md, section 3).

import { Bits } from "./bits.js";
import { damaged } from "./lines.js";

const LARGEST = 4 << 20;
const MOST_LOTS = 1 << 24;
const UNIT_BITS = 24;
/** Bits of the first block of a lot; each later block is twice the one before. */
const FIRST_BLOCK_BITS = 10;

/**
 * Lot → bits of the end of what was issued, and of what may be by now.
 *
 * @param {Uint8Array} data
 * @param {number} count lots
 * @param {number} k 0
 * @returns {Map<number, Uint32Array>}
 * @throws {import("./errors.js").TrustError}
 */
export function decodeIssued(data, count, k) {
  if (data.length > LARGEST || k !== 0) throw damaged();
  const bits = new Bits(data);
  /** @type {Map<number, Uint32Array>} */
  const found = new Map();
  if (bits.gamma() - 1 !== count) throw damaged();
  let lot = -1;
  for (let left = count; left > 0; left--) {
    lot += bits.gamma();
    const first = bits.gamma() - 1;
    const last = first + bits.gamma() - 1;
    if (lot >= MOST_LOTS || endOf(last) > UNIT_BITS) throw damaged();
    found.set(lot, Uint32Array.of(endOf(first), endOf(last)));
  }
  bits.finish();
  return found;
}

/**
 * Whether a printed *unit* was issued, and whether it may be by now. A lot that is not listed: neither.
 *
 * @param {Uint32Array | null | undefined} ends of its lot
 * @param {number} unit
 * @returns {[boolean, boolean]}
 */
export function endsOf(ends, unit) {
  const bits = Math.max(FIRST_BLOCK_BITS, 32 - Math.clz32(unit));
  return [bits <= (ends?.[0] ?? 0), bits <= (ends?.[1] ?? 0)];
}

/** @param {number} step */
function endOf(step) {
  return step && step + FIRST_BLOCK_BITS - 1;
}
