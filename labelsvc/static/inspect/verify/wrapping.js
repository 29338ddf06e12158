// What scanners, chats and keyboards put around a code: labelsvc/codes/forms/wrapping.py in the browser.
// One table of cases holds both.

import { EDGES, TAIL, strip, stripEnd } from "./spelling.js";

const ESCAPED = "%(?:0[9A-Da-d]|1[C-Fc-f]|20)";
const HEAD = new RegExp(`^/?(?:${ESCAPED})+`);
const FOOT = new RegExp(`(?:${ESCAPED})+(/?)$`);
/** A parameter that was added as if a question mark stood before it, or after one that was escaped. */
const TRACKER = /(?:&|%26|%3[Ff])(?:amp;)?[A-Za-z_][A-Za-z0-9_.[\]-]*(?:=|%3[Dd])[^]*$/;
/** Symbology identifiers (ISO/IEC 15424); those of GS1 element strings only before a link. */
const SYMBOLOGY = /^\](?:[A-Za-z][0-9](?=https?:)|(?!Q3|d2|C1|J1|e0)[A-Za-z][0-9A-Za-z])/i;
const WORD = /^(?:url|urlto|uri|link|web|website|qr|code|mã|ma) *[:=] */i;
const MARKS = "\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323";
/** Fewer signs than this are a word, not a code that lost some to the keyboard. */
const SHORTEST = 16;
/** Prefixes one behind the other: "URL: ]Q1". */
const ROUNDS = 4;

/**
 * *text* without prefixes of scanners, words before a link and punctuation behind it.
 *
 * @param {string} text
 */
export function unwrapped(text) {
  for (let round = 0; round < ROUNDS; round++) {
    const before = text;
    text = stripEnd(strip(text, EDGES), TAIL + EDGES).replace(SYMBOLOGY, "").replace(WORD, "");
    if (text === before) break;
  }
  return text;
}

/**
 * Links of *hosts* in a text with other words, or one that a scanner typed twice. None if a link to
 * somewhere else stands in it: nobody could tell which was meant.
 *
 * @param {string} text
 * @param {readonly string[]} hosts
 */
export function links(text, hosts) {
  const words = text.replace(/(?=https?:\/\/)/gi, " ").split(" ").map((word) => strip(word, EDGES));
  const ours = words
    .filter((word) => {
      const bare = word.replace(/^https?:\/\//i, "");
      return hosts.some((host) => bare.slice(0, host.length).toLowerCase() === host
        && "/?#".includes(bare[host.length] ?? "x"));
    })
    .map((word) => stripEnd(word, TAIL + EDGES));
  return words.filter((word) => word.includes("://")).length <= ours.length ? ours : [];
}

/**
 * *path*, still escaped, without separators at its ends and parameters that lost their "?".
 *
 * @param {string} path
 */
export function barePath(path) {
  return path.replace(TRACKER, "").replace(HEAD, "/").replace(FOOT, "$1");
}

/**
 * True if *text* is like a code that was typed with Vietnamese typing (Telex, VNI) switched on.
 *
 * @param {string} text
 */
export function mangled(text) {
  const part = unescaped(text).normalize("NFD");
  const letters = [...part.slice(part.lastIndexOf("/") + 1)];
  if (!letters.some((c) => MARKS.includes(c) || "đĐ".includes(c))) return false;
  const kept = letters.filter((c) => !MARKS.includes(c) && !" -\u00a0".includes(c));
  const digits = kept.filter((c) => c >= "0" && c <= "9").length;
  return kept.length >= SHORTEST && digits * 5 >= kept.length && kept.every((c) => /[0-9A-Za-zđĐ]/.test(c));
}

/** @param {string} text */
function unescaped(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
