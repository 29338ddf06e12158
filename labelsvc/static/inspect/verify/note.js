// Signed notes (C2SP signed-note): a text and the lines of who signed it.

import { concat, fromBase64, same, sha256, toHex, utf8 } from "./bytes.js";
import { isKey, verify } from "./ed25519.js";
import { TrustError } from "./errors.js";
import { SPACE } from "./spelling.js";

const LARGEST = 64 * 1024;
const MOST = 64;
const ED25519 = 1;
const NAME = `[^+\\0-\\x1f${SPACE}]+`;
const KEY = new RegExp(`^(${NAME})\\+([0-9a-f]{8})\\+([A-Za-z0-9+/=]+)$`);
const LINE = new RegExp(`^\u2014 (${NAME}) ([A-Za-z0-9+/=]+)$`);

/**
 * @typedef {{name: string, id: Uint8Array, publicKey: Uint8Array}} NoteKey
 * @typedef {{text: string, lines: {name: string, id: Uint8Array, raw: Uint8Array}[]}} Note
 */

/**
 * A key as it is handed to verifiers: `name+key id+base64(type ‖ key)`.
 *
 * @param {string} text
 * @returns {Promise<NoteKey>}
 */
export async function readKey(text) {
  const found = KEY.exec(text);
  const raw = found && fromBase64(found[3]);
  if (!found || !raw || raw.length !== 33 || raw[0] !== ED25519 || !isKey(raw.slice(1))) {
    throw new TrustError("damaged", "key");
  }
  const digest = await sha256(concat(utf8(`${found[1]}\n`), raw));
  if (toHex(digest.slice(0, 4)) !== found[2]) throw new TrustError("damaged", "key");
  return { name: found[1], id: digest.slice(0, 4), publicKey: raw.slice(1) };
}

/**
 * @param {Uint8Array} data
 * @returns {Note}
 */
export function readNote(data) {
  if (data.length > LARGEST) throw new TrustError("damaged", "note");
  let whole;
  try {
    whole = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    throw new TrustError("damaged", "note");
  }
  const gap = whole.lastIndexOf("\n\n");
  if (gap < 0 || !whole.endsWith("\n") || /[\0-\x09\x0b-\x1f]/.test(whole)) {
    throw new TrustError("damaged", "note");
  }
  const rows = whole.slice(gap + 2, -1).split("\n");
  if (whole.length < gap + 3 || rows.length > MOST) throw new TrustError("damaged", "note");
  return { text: whole.slice(0, gap + 1), lines: rows.map(readLine) };
}

/** @param {string} line */
function readLine(line) {
  const found = LINE.exec(line);
  const raw = found && fromBase64(found[2]);
  if (!found || !raw || raw.length < 5) throw new TrustError("damaged", "note");
  return { name: found[1], id: raw.slice(0, 4), raw: raw.slice(4) };
}

/**
 * Whether one of *keys* signed the note, and no line of that key is wrong.
 *
 * @param {Note} note
 * @param {readonly NoteKey[]} keys
 */
export async function isSigned(note, keys) {
  const message = utf8(note.text);
  for (const key of keys) {
    const own = note.lines.filter((line) => line.name === key.name && same(line.id, key.id));
    const right = await Promise.all(own.map((line) => verify(key.publicKey, message, line.raw)));
    if (own.length && right.every(Boolean)) return true;
  }
  return false;
}
