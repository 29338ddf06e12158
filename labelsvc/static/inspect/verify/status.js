// Status lists: which codes were withdrawn or sold (docs/trust.md, section 3).

import { Bits } from "./bits.js";
import { sha256, toHex } from "./bytes.js";
import { TrustError } from "./errors.js";
import { decodeIssued, endsOf } from "./issued.js";
import { ISSUED, damaged, keyNumber, purposeOf, signedLines, time, whole, words } from "./lines.js";

export { readHead } from "./head.js";

/** A list is larger only if it is an attack on who reads it. */
const LARGEST = 4 << 20;
const UNIT_BITS = 24;
const MOST_LOTS = 1 << 24;
/** Units that one list may name one by one: a complement is written out, so bytes do not bound it. */
const MOST_UNITS = 1 << 24;

/**
 * Lot, and the units of it that are listed, ascending; null: all of them.
 * @typedef {ReadonlyMap<number, Uint32Array | null>} Listed
 * @typedef {import("./head.js").Head} Head
 */

/** Units of one issuing key that are withdrawn, or sold; all of them, or what is new. */
export class StatusList {
  /**
   * @param {{host: string, kid: number, purpose: string, number: number, base: number, issued: Date,
   *   expires: Date, lots: number, listed: Listed}} facts
   */
  constructor(facts) {
    this.host = facts.host;
    this.kid = facts.kid;
    this.purpose = facts.purpose;
    this.number = facts.number;
    /** 0: a full list; else the list that this one is to be added to. */
    this.base = facts.base;
    this.issued = facts.issued;
    this.expires = facts.expires;
    /** Highest number of a lot that it tells about, and 1. */
    this.lots = facts.lots;
    this.listed = facts.listed;
    Object.freeze(this);
  }

  /**
   * @param {number} lot
   * @param {number} unit as printed
   */
  has(lot, unit) {
    const units = this.listed.get(lot);
    if (!units) return units === null;
    let low = 0;
    let high = units.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (units[middle] < unit) low = middle + 1;
      else high = middle;
    }
    return units[low] === unit;
  }

  /**
   * Whether a unit was issued as far as a list of the purpose `issued` tells, and whether it may be by now.
   *
   * @param {number} lot
   * @param {number} unit as printed
   */
  ends(lot, unit) {
    return endsOf(this.listed.get(lot), unit);
  }

  /**
   * Whether the list would name units of *lot*: not of one that is newer than the list.
   * @param {number} lot
   */
  covers(lot) {
    return lot < this.lots;
  }

  /**
   * This list brought up to *delta*; neither of the two changes.
   *
   * @param {StatusList} delta
   * @throws {TrustError} made for another list
   */
  plus(delta) {
    const same = delta.host === this.host && delta.kid === this.kid && delta.purpose === this.purpose;
    if (!same || delta.base !== this.number) throw new TrustError("gap", "delta");
    const listed = new Map(this.listed);
    for (const [lot, units] of delta.listed) {
      const known = listed.get(lot);
      if (this.purpose === ISSUED) listed.set(lot, units); // in the place of what stood there
      else if (units === null || known === null) listed.set(lot, null);
      else listed.set(lot, known ? union(known, units) : units);
    }
    const { number, issued, expires, lots } = delta;
    return new StatusList({ ...this, number, issued, expires, lots, listed });
  }
}

/**
 * @param {Uint8Array} data a file: signed note, NUL, body
 * @param {import("./lines.js").Believed} manifest
 * @returns {Promise<StatusList>}
 * @throws {TrustError}
 */
export async function readList(data, manifest) {
  const end = data.indexOf(0);
  if (data.length > LARGEST || end < 0) throw damaged();
  const lines = await signedLines(data.subarray(0, end), "labelsvc-status/1", manifest);
  const body = data.subarray(end + 1);
  if (lines.length !== 6 || toHex(await sha256(body)) !== lines[5]) throw damaged();
  const [kid, purpose] = words(lines[0], 2);
  const [number, base] = words(lines[1], 2).map(whole);
  const [lots, count, k] = words(lines[4], 3).map(whole);
  if (number < 1 || (base !== 0 && base !== number - 1) || lots > MOST_LOTS) throw damaged();
  return new StatusList({
    host: manifest.host, kid: keyNumber(kid), purpose: purposeOf(purpose), number, base,
    issued: time(lines[2]), expires: time(lines[3]), lots,
    listed: purpose === ISSUED ? decodeIssued(body, count, k) : decodeBody(body, count, k),
  });
}

/**
 * The units of a body, lot by lot.
 *
 * @param {Uint8Array} data
 * @param {number} count gaps in it
 * @param {number} k Rice parameter of the shared list
 * @returns {Map<number, Uint32Array | null>}
 * @throws {TrustError}
 */
export function decodeBody(data, count, k) {
  if (data.length > LARGEST || k < 0 || k > UNIT_BITS || count < 0) throw damaged();
  const bits = new Bits(data);
  /** @type {Map<number, Uint32Array | null>} */
  const found = new Map();
  /** @type {[number, number][]} lot, and how many places it takes in the shared list */
  const sparse = [];
  let rest = count;
  let named = 0;
  let lot = -1;
  for (let left = bits.gamma() - 1; left > 0; left--) {
    lot += bits.gamma();
    if (lot >= MOST_LOTS) throw damaged();
    if (bits.fixed(1)) {
      found.set(lot, null);
      continue;
    }
    const dense = bits.fixed(1);
    const e = bits.fixed(5);
    if (e > UNIT_BITS) throw damaged();
    if (!dense) {
      sparse.push([lot, 2 ** e]);
      continue;
    }
    const complement = bits.fixed(1);
    const own = bits.fixed(5);
    const many = bits.gamma() - 1;
    rest -= many;
    if (rest < 0 || own > UNIT_BITS) throw damaged();
    const places = bits.places(many, own, 2 ** e);
    named += complement ? 2 ** e - many : many;
    if (named > MOST_UNITS) throw damaged();
    const units = complement ? others(places, 2 ** e) : Uint32Array.from(places);
    if (units.length) found.set(lot, units);
  }
  const places = bits.places(rest, k, sparse.reduce((sum, [, size]) => sum + size, 0));
  bits.finish();
  let at = 0;
  let start = 0;
  for (const [number, size] of sparse) {
    const first = at;
    while (at < places.length && places[at] < start + size) at++;
    if (at > first) {
      const units = new Uint32Array(at - first);
      for (let to = first; to < at; to++) units[to - first] = places[to] - start;
      found.set(number, units);
    }
    start += size;
  }
  return found;
}

/**
 * All places below *size* but those of *listed*.
 *
 * @param {Float64Array} listed
 * @param {number} size
 */
function others(listed, size) {
  const found = new Uint32Array(size - listed.length);
  let at = 0;
  let next = 0;
  for (let place = 0; place < size; place++) {
    if (next < listed.length && listed[next] === place) next++;
    else found[at++] = place;
  }
  return found;
}

/**
 * What either holds, ascending.
 *
 * @param {Uint32Array} a
 * @param {Uint32Array} b
 */
function union(a, b) {
  const found = new Uint32Array(a.length + b.length);
  let size = 0;
  for (let i = 0, j = 0; i < a.length || j < b.length; size++) {
    const next = Math.min(a[i] ?? Infinity, b[j] ?? Infinity);
    if (a[i] === next) i++;
    if (b[j] === next) j++;
    found[size] = next;
  }
  return found.slice(0, size);
}
