// Lines of signed files, and the words in them: each in its one spelling.

import { TrustError } from "./errors.js";
import { isSigned, readNote } from "./note.js";

/** @typedef {{host: string, statusKeys: readonly import("./note.js").NoteKey[]}} Believed */

/** Lists that name units. @type {readonly string[]} */
export const NAMING = ["withdrawn", "sold"];
/** How far units of each lot were issued. */
export const ISSUED = "issued";
/** @type {readonly string[]} */
const PURPOSES = [...NAMING, ISSUED];

/**
 * Lines after the host of a note that one of the status keys signed.
 *
 * @param {Uint8Array} data
 * @param {string} format
 * @param {Believed} manifest
 * @throws {TrustError}
 */
export async function signedLines(data, format, manifest) {
  const note = readNote(data);
  if (!(await isSigned(note, manifest.statusKeys))) throw new TrustError("unsigned", format);
  const [first, host, ...rest] = note.text.slice(0, -1).split("\n");
  if (first !== format || host === undefined) throw damaged();
  if (host !== manifest.host) throw new TrustError("host", host.slice(0, 100));
  return rest;
}

/**
 * A moment as `2026-11-24T02:00:00Z`; null for every other spelling, and for days that no calendar has.
 *
 * @param {unknown} text
 */
export function moment(text) {
  if (typeof text !== "string" || !/^[1-9]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text)) return null;
  const found = new Date(text);
  const right = !Number.isNaN(found.getTime()) && found.toISOString() === text.replace("Z", ".000Z");
  return right ? found : null;
}

/** @param {string} text @throws {TrustError} */
export function time(text) {
  const found = moment(text);
  if (!found) throw damaged();
  return found;
}

/** @param {string} text @throws {TrustError} */
export function whole(text) {
  if (!/^(?:0|[1-9][0-9]{0,14})$/.test(text)) throw damaged();
  return Number(text);
}

/** @param {string} text @throws {TrustError} */
export function positive(text) {
  const found = whole(text);
  if (found < 1) throw damaged();
  return found;
}

/** @param {string} text @throws {TrustError} */
export function keyNumber(text) {
  const found = positive(text);
  if (found > 4095) throw damaged();
  return found;
}

/** @param {string} text @throws {TrustError} */
export function purposeOf(text) {
  if (!PURPOSES.includes(text)) throw damaged();
  return text;
}

/**
 * @param {string} line
 * @param {number} count
 * @throws {TrustError}
 */
export function words(line, count) {
  const found = line.split(" ");
  if (found.length !== count) throw damaged();
  return found;
}

/** The one answer to what is no list and no head. */
export function damaged() {
  return new TrustError("damaged", "list");
}
