// The status head: which lists are the newest (docs/trust.md, section 2).

import { sha256, toHex, utf8 } from "./bytes.js";
import { TrustError } from "./errors.js";
import { damaged, keyNumber, positive, purposeOf, signedLines, time, whole, words } from "./lines.js";

const FORMAT = "labelsvc-status-head/2";
/** Of services of releases whose heads name no manifest and no key. */
const OLD = "labelsvc-status-head/1";
const IDLE = ["next", "retired", "frozen", "revoked"];

/**
 * @typedef {{kid: number, purpose: string, number: number, sha256: string}} HeadLine
 * @typedef {{host: string, issued: Date, expires: Date, lines: readonly HeadLine[],
 *   manifest: number | null, states: ReadonlyMap<number, string>}} Head
 *   `manifest`: version of the newest one, 0 where none is published; null: a head of before, which does not
 *   tell. `states`: of the keys that are not active
 */

/**
 * @param {Uint8Array} data
 * @param {import("./lines.js").Believed} manifest
 * @param {Head | null} [held] an older one than this is refused
 * @returns {Promise<Head>}
 * @throws {TrustError}
 */
export async function readHead(data, manifest, held = null) {
  const told = !startsWith(data, `${OLD}\n`);
  const [issued, expires, ...all] = await signedLines(data, told ? FORMAT : OLD, manifest);
  if (expires === undefined || (told && all.length < 1)) throw damaged();
  const version = told ? versionOf(all[0]) : null;
  const states = told ? statesOf(all.slice(1)) : new Map();
  const rows = told ? all.slice(1 + states.size) : all;
  /** @type {HeadLine[]} */
  const lines = rows.map((row) => {
    const [kid, purpose, number, digest] = words(row, 4);
    if (!/^[0-9a-f]{64}$/.test(digest)) throw damaged();
    return Object.freeze({
      kid: keyNumber(kid), purpose: purposeOf(purpose), number: positive(number), sha256: digest,
    });
  });
  for (let at = 1; at < lines.length; at++) {
    const [a, b] = [lines[at - 1], lines[at]];
    if (a.kid > b.kid || (a.kid === b.kid && a.purpose >= b.purpose)) throw damaged();
  }
  const head = {
    host: manifest.host, issued: time(issued), expires: time(expires), lines: Object.freeze(lines),
    manifest: version, states,
  };
  if (held && head.issued < held.issued) throw new TrustError("rollback", "head");
  return Object.freeze(head);
}

/** @param {string} row */
function versionOf(row) {
  const [name, version] = words(row, 2);
  if (name !== "manifest") throw damaged();
  return whole(version);
}

/**
 * States of the keys that *rows* begin with, ascending.
 *
 * @param {string[]} rows
 */
function statesOf(rows) {
  /** @type {Map<number, string>} */
  const found = new Map();
  let before = 0;
  for (const row of rows) {
    if (!row.startsWith("key ")) break;
    const [, kid, state] = words(row, 3);
    const number = keyNumber(kid);
    if (number <= before || !IDLE.includes(state)) throw damaged();
    found.set(number, state);
    before = number;
  }
  return found;
}

/**
 * @param {Uint8Array} data
 * @param {string} text
 */
function startsWith(data, text) {
  return utf8(text).every((byte, at) => data[at] === byte);
}

/**
 * The line of a list; undefined: there is none yet, nothing is known.
 *
 * @param {Head} head
 * @param {number} kid
 * @param {string} purpose
 */
export function lineOf(head, kid, purpose) {
  return head.lines.find((line) => line.kid === kid && line.purpose === purpose);
}

/**
 * Whether *file*, a full list, is byte for byte the one that *line* names.
 *
 * @param {HeadLine} line
 * @param {Uint8Array} file
 */
export async function isNamed(line, file) {
  return toHex(await sha256(file)) === line.sha256;
}
