// Status heads and lists: which codes were withdrawn or sold (docs/trust.md, sections 2 and 3).

import { sha256, toHex } from "./bytes.js";
import { TrustError } from "./errors.js";
import { isSigned, readNote } from "./note.js";

const LARGEST = 4 << 20;
const UNIT_BITS = 24;
const MOST_UNITS = 1 << 24;
const PURPOSES = ["withdrawn", "sold"];

/**
 * @typedef {{kid: number, purpose: string, number: number, sha256: string}} HeadLine
 * @typedef {{host: string, issued: Date, expires: Date, lines: HeadLine[]}} Head
 */

/** Units of one issuing key that are withdrawn, or sold. A lot of which all are listed is `null`. */
export class StatusList {
  /**
   * @param {{kid: number, purpose: string, number: number, base: number, issued: Date,
   *   expires: Date, lots: number, listed: Map<number, Uint32Array | null>}} facts
   */
  constructor(facts) {
    this.kid = facts.kid;
    this.purpose = facts.purpose;
    this.number = facts.number;
    this.base = facts.base;
    this.issued = facts.issued;
    this.expires = facts.expires;
    this.lots = facts.lots;
    this.listed = facts.listed;
  }

  /**
   * @param {number} lot
   * @param {number} unit as printed
   */
  has(lot, unit) {
    const units = this.listed.get(lot);
    if (units === undefined) return false;
    if (units === null) return true;
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
   * Whether the list would name units of *lot*.
   * @param {number} lot
   */
  covers(lot) {
    return lot < this.lots;
  }

  /**
   * This list brought up to *delta*.
   * @param {StatusList} delta
   */
  plus(delta) {
    if (delta.kid !== this.kid || delta.purpose !== this.purpose || delta.base !== this.number) {
      throw new TrustError("gap", "delta");
    }
    const listed = new Map(this.listed);
    for (const [lot, units] of delta.listed) {
      const known = listed.get(lot);
      if (units === null || known === null) listed.set(lot, null);
      else listed.set(lot, Uint32Array.from(new Set([...(known ?? []), ...units])).sort());
    }
    return new StatusList({ ...this, number: delta.number, issued: delta.issued,
      expires: delta.expires, lots: delta.lots, listed });
  }
}

/**
 * @param {Uint8Array} data
 * @param {{host: string, statusKeys: import("./note.js").NoteKey[]}} manifest
 * @param {Head | null} held an older one than this is refused
 * @returns {Promise<Head>}
 */
export async function readHead(data, manifest, held) {
  const lines = await signedLines(data, "labelsvc-status-head/1", manifest);
  if (lines.length < 2) throw damaged();
  /** @type {HeadLine[]} */
  const found = lines.slice(2).map((line) => {
    const [kid, purpose, number, digest, ...more] = line.split(" ");
    if (more.length || !PURPOSES.includes(purpose) || !/^[0-9a-f]{64}$/.test(digest)) throw damaged();
    return { kid: keyNumber(kid), purpose, number: positive(number), sha256: digest };
  });
  for (let at = 1; at < found.length; at++) {
    const [a, b] = [found[at - 1], found[at]];
    if (a.kid > b.kid || (a.kid === b.kid && a.purpose >= b.purpose)) throw damaged();
  }
  const head = { host: manifest.host, issued: moment(lines[0]), expires: moment(lines[1]), lines: found };
  if (held && head.issued < held.issued) throw new TrustError("rollback", "head");
  return head;
}

/**
 * @param {Uint8Array} data a file: signed note, NUL, body
 * @param {{host: string, statusKeys: import("./note.js").NoteKey[]}} manifest
 * @returns {Promise<StatusList>}
 */
export async function readList(data, manifest) {
  const end = data.indexOf(0);
  if (data.length > LARGEST || end < 0) throw damaged();
  const lines = await signedLines(data.subarray(0, end), "labelsvc-status/1", manifest);
  const body = data.subarray(end + 1);
  if (lines.length !== 6 || toHex(await sha256(body)) !== lines[5]) throw damaged();
  const [kid, purpose, ...rest] = lines[0].split(" ");
  const [number, base, ...more] = lines[1].split(" ").map(whole);
  const [lots, count, k, ...others] = lines[4].split(" ").map(whole);
  if (rest.length || more.length || others.length || k === undefined) throw damaged();
  if (!PURPOSES.includes(purpose) || number < 1 || (base !== 0 && base !== number - 1)) throw damaged();
  if (lots > MOST_UNITS) throw damaged();
  return new StatusList({
    kid: keyNumber(kid), purpose, number, base, issued: moment(lines[2]), expires: moment(lines[3]),
    lots, listed: decodeBody(body, count, k),
  });
}

/**
 * The units of a body, lot by lot.
 *
 * @param {Uint8Array} data @param {number} count gaps in it @param {number} k of the shared list
 * @returns {Map<number, Uint32Array | null>}
 */
export function decodeBody(data, count, k) {
  if (k > UNIT_BITS || count < 0) throw damaged();
  const bits = new Bits(data);
  /** @type {Map<number, Uint32Array | null>} */
  const found = new Map();
  /** @type {[number, number][]} */
  const sparse = [];
  let rest = count;
  let named = 0;
  let lot = -1;
  for (let left = bits.gamma() - 1; left > 0; left--) {
    lot += bits.gamma();
    if (lot >= MOST_UNITS) throw damaged();
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
    const places = bits.positions(many, own, 2 ** e);
    named += complement ? 2 ** e - many : many;
    if (named > MOST_UNITS) throw damaged();
    const units = complement ? others(places, 2 ** e) : Uint32Array.from(places);
    if (units.length) found.set(lot, units);
  }
  const room = sparse.reduce((sum, [, size]) => sum + size, 0);
  const places = bits.positions(rest, k, room);
  let at = 0;
  let start = 0;
  for (const [number, size] of sparse) {
    const first = at;
    while (at < places.length && places[at] < start + size) at++;
    if (at > first) found.set(number, Uint32Array.from(places.subarray(first, at), (p) => p - start));
    start += size;
  }
  bits.finish();
  return found;
}

/**
 * All places below *size* but those of *listed*.
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

/** Bits, most significant first. */
class Bits {
  /** @param {Uint8Array} data */
  constructor(data) {
    this.data = data;
    this.at = 0;
    this.end = data.length * 8;
  }

  bit() {
    if (this.at >= this.end) throw damaged();
    const found = (this.data[this.at >> 3] >> (7 - (this.at & 7))) & 1;
    this.at++;
    return found;
  }

  /** @param {number} width up to 49 */
  fixed(width) {
    if (this.at + width > this.end) throw damaged();
    let found = 0;
    for (let left = width; left > 0; ) {
      const offset = this.at & 7;
      const take = Math.min(8 - offset, left);
      const part = (this.data[this.at >> 3] >> (8 - offset - take)) & ((1 << take) - 1);
      found = found * (1 << take) + part;
      this.at += take;
      left -= take;
    }
    return found;
  }

  gamma() {
    let zeros = 0;
    while (!this.bit()) if (++zeros > 48) throw damaged();
    return 2 ** zeros + this.fixed(zeros);
  }

  /**
   * *count* ascending places below *end*.
   * @param {number} count
   * @param {number} k
   * @param {number} end
   */
  positions(count, k, end) {
    if (count * (k + 1) > this.end - this.at) throw damaged();
    const found = new Float64Array(count);
    const step = 2 ** k;
    let place = 0;
    for (let at = 0; at < count; at++) {
      let quotient = 0;
      while (this.bit()) quotient++;
      place += quotient * step + this.fixed(k);
      if (place >= end) throw damaged();
      found[at] = place++;
    }
    return found;
  }

  finish() {
    if (this.end - this.at > 7) throw damaged();
    while (this.at < this.end) if (this.bit()) throw damaged();
  }
}

/**
 * Lines after the host.
 *
 * @param {Uint8Array} data @param {string} format
 * @param {{host: string, statusKeys: import("./note.js").NoteKey[]}} manifest
 */
async function signedLines(data, format, manifest) {
  const note = readNote(data);
  if (!(await isSigned(note, manifest.statusKeys))) throw new TrustError("unsigned", format);
  const [first, host, ...rest] = note.text.slice(0, -1).split("\n");
  if (first !== format) throw damaged();
  if (host !== manifest.host) throw new TrustError("host", host);
  return rest;
}

/** @param {string} text */
function moment(text) {
  const found = new Date(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) ? text : NaN);
  if (Number.isNaN(found.getTime())) throw damaged();
  return found;
}

/** @param {string} text */
function whole(text) {
  if (!/^(?:0|[1-9][0-9]{0,14})$/.test(text)) throw damaged();
  return Number(text);
}

/** @param {string} text */
function positive(text) {
  const found = whole(text);
  if (found < 1) throw damaged();
  return found;
}

/** @param {string} text */
function keyNumber(text) {
  const found = positive(text);
  if (found > 4095) throw damaged();
  return found;
}

function damaged() {
  return new TrustError("damaged", "list");
}
