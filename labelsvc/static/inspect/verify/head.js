// The status head: which lists are the newest (docs/trust.md, section 2).

import { sha256, toHex } from "./bytes.js";
import { TrustError } from "./errors.js";
import { damaged, keyNumber, positive, purposeOf, signedLines, time, words } from "./lines.js";

/**
 * @typedef {{kid: number, purpose: string, number: number, sha256: string}} HeadLine
 * @typedef {{host: string, issued: Date, expires: Date, lines: readonly HeadLine[]}} Head
 */

/**
 * @param {Uint8Array} data
 * @param {import("./lines.js").Believed} manifest
 * @param {Head | null} [held] an older one than this is refused
 * @returns {Promise<Head>}
 * @throws {TrustError}
 */
export async function readHead(data, manifest, held = null) {
  const [issued, expires, ...rows] = await signedLines(data, "labelsvc-status-head/1", manifest);
  if (expires === undefined) throw damaged();
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
  };
  if (held && head.issued < held.issued) throw new TrustError("rollback", "head");
  return Object.freeze(head);
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
