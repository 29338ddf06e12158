// The trust manifest: which keys are ours (docs/trust.md, section 1).

import { concat, fromHex, sha256, toHex, utf8 } from "./bytes.js";
import { isSmall, verify } from "./ed25519.js";
import { TrustError } from "./errors.js";
import { readKey } from "./note.js";

const FORMAT = "labelsvc-trust-2";
const LARGEST = 4 << 20;
const STATES = ["next", "active", "retired", "frozen", "revoked"];
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/**
 * @typedef {{kid: number, state: string, publicKey: Uint8Array,
 *   ranges: [number, number, number][]}} Key
 * @typedef {{text: string, host: string, version: number, issued: Date, expires: Date,
 *   threshold: number, roots: Uint8Array[], keys: Map<number, Key>,
 *   statusKeys: import("./note.js").NoteKey[], signatures: Map<string, Uint8Array>}} Manifest
 */

/**
 * Read a manifest and check that it may be believed.
 *
 * @param {string} text of the file
 * @param {Manifest | null} held what is believed now; null: the first one, whose own roots decide
 * @returns {Promise<Manifest>}
 * @throws {TrustError}
 */
export async function read(text, held) {
  const found = await parse(text);
  if (held) {
    if (found.host !== held.host) throw new TrustError("host", found.host);
    const older = found.version < held.version;
    if (older || (found.version === held.version && found.text !== held.text)) {
      throw new TrustError("rollback", `${found.version} < ${held.version}`);
    }
    if (found.version > held.version + 1) throw new TrustError("gap", String(held.version + 1));
    await check(found, held);
  }
  await check(found, found);
  return found;
}

/**
 * Enough roots of *by* signed *manifest*.
 * @param {Manifest} manifest
 * @param {Manifest} by
 */
async function check(manifest, by) {
  const message = concat(utf8("labelsvc-trust-v2\0"), utf8(manifest.text));
  let count = 0;
  for (const root of by.roots) {
    const id = toHex((await sha256(root)).slice(0, 8));
    const signature = manifest.signatures.get(id);
    if (signature && (await verify(root, message, signature))) count++;
  }
  if (count < by.threshold) throw new TrustError("unsigned", `${count} of ${by.threshold}`);
}

/**
 * @param {string} file
 * @returns {Promise<Manifest>}
 */
async function parse(file) {
  if (file.length > LARGEST) throw damaged();
  let outer, facts;
  try {
    outer = JSON.parse(file);
    facts = JSON.parse(outer.signed);
  } catch {
    throw damaged();
  }
  if (typeof outer.signed !== "string" || facts?.format !== FORMAT) throw damaged();
  const { host, version, threshold } = facts;
  if (typeof host !== "string" || host !== host.toLowerCase() || /[/?#\s]/.test(host)) throw damaged();
  if (!Number.isSafeInteger(version) || version < 1) throw damaged();
  const roots = list(facts.roots).map((root) => publicKey(root));
  const distinct = new Set(roots.map(toHex)).size === roots.length;
  if (!Number.isInteger(threshold) || threshold < 2 || threshold > roots.length) throw damaged();
  if (roots.length < 3 || roots.length > 16 || !distinct) throw damaged();
  /** @type {Map<number, Key>} */
  const keys = new Map();
  for (const entry of list(facts.keys)) {
    const key = readCodeKey(entry);
    if (keys.has(key.kid)) throw damaged();
    keys.set(key.kid, key);
  }
  const signatures = new Map();
  for (const entry of list(outer.signatures)) {
    const raw = typeof entry?.signature === "string" ? fromHex(entry.signature) : null;
    if (typeof entry?.root !== "string" || !raw || signatures.has(entry.root)) throw damaged();
    signatures.set(entry.root, raw);
  }
  const [issued, expires] = [moment(facts.issued), moment(facts.expires)];
  if (expires <= issued || signatures.size > 32) throw damaged();
  return {
    text: outer.signed, host, version, issued, expires, threshold, roots, keys, signatures,
    statusKeys: await Promise.all(list(facts.status_keys).map((key) => readKey(String(key)))),
  };
}

/**
 * @param {any} entry
 * @returns {Key}
 */
function readCodeKey(entry) {
  const { kid, state, unit_ranges: ranges } = entry ?? {};
  if (!Number.isInteger(kid) || kid < 1 || kid > 4095 || !STATES.includes(state)) throw damaged();
  for (const range of list(ranges)) {
    if (!Array.isArray(range) || range.length !== 3 || !range.every(Number.isInteger)) throw damaged();
  }
  return { kid, state, publicKey: publicKey(entry.ed25519), ranges };
}

/** @param {unknown} text */
function publicKey(text) {
  const found = typeof text === "string" ? fromHex(text) : null;
  if (!found || found.length !== 32 || isSmall(found)) throw damaged();
  return found;
}

/** @param {unknown} text */
function moment(text) {
  const found = new Date(typeof text === "string" && MOMENT.test(text) ? text : NaN);
  if (Number.isNaN(found.getTime())) throw damaged();
  return found;
}

/**
 * @param {any} value
 * @returns {any[]}
 */
function list(value) {
  if (!Array.isArray(value)) throw damaged();
  return value;
}

function damaged() {
  return new TrustError("damaged", "manifest");
}
