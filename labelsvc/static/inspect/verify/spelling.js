// How texts are cleaned before they are read, sign for sign as in labelsvc/codes/forms/uri.py and alphabet.py.

import { Refused } from "./errors.js";

/** Around a scanned or pasted text: white space, byte order mark, zero-width marks, brackets. */
export const EDGES =
  " \t\r\n\v\f\0\x1c\x1d\x1e\x1f\u00a0\u200b\u200c\u200d\u200e\u200f\u2060\ufeff<>\"'“”‘’«»";
/** What chat applications take for a part of a link. */
export const TAIL = ".,;:!?)]}*_~…";
/** White space as Python's `str.strip` and `\s` know it; JavaScript's own `\s` differs in six signs. */
export const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
/** Between the groups of a code. */
const SEPARATORS = new Set(" \t\r\n\u00a0\u2007\u2009\u202f-\u2010\u2011\u2012\u2013");
const READABLE = /^[0-9A-TV-Za-tv-z]+$/;

/**
 * The canonical spelling of base 32: groups joined, upper case, O, I, L as 0, 1, 1.
 *
 * @param {string} text
 * @returns {string | null} null: a sign that is not in the alphabet, or nothing
 */
export function spell(text) {
  const joined = [...text].filter((c) => !SEPARATORS.has(c)).join("");
  // Tested before the case is changed: some foreign letters become ours by upper-casing.
  if (!READABLE.test(joined)) return null;
  return joined.toUpperCase().replace(/O/g, "0").replace(/[IL]/g, "1");
}

/**
 * Undo percent-encoding once.
 *
 * @param {string} text
 * @param {boolean} [plus] a plus sign is a space, as it is in a query
 * @throws {Refused} a broken escape, or a control character
 */
export function decodePercent(text, plus = false) {
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) throw new Refused("MALFORMED");
  const raw = [];
  for (const part of (plus ? text.replaceAll("+", " ") : text).split(/(%[0-9A-Fa-f]{2})/)) {
    if (/^%[0-9A-Fa-f]{2}$/.test(part)) raw.push(parseInt(part.slice(1), 16));
    else raw.push(...new TextEncoder().encode(part));
  }
  const decoded = new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(raw));
  if (/[\0-\x1f\x7f]/.test(decoded)) throw new Refused("MALFORMED");
  return decoded;
}

/**
 * *text* without the signs of *edges* at both ends.
 *
 * @param {string} text
 * @param {string} edges
 */
export function strip(text, edges) {
  const points = [...text];
  let start = 0;
  while (start < points.length && edges.includes(points[start])) start++;
  return stripEnd(points.slice(start).join(""), edges);
}

/**
 * @param {string} text
 * @param {string} edges
 */
export function stripEnd(text, edges) {
  const points = [...text];
  while (points.length && edges.includes(points[points.length - 1])) points.pop();
  return points.join("");
}
