// The trust manifest: which keys are ours (docs/trust.md, section 1).

import { concat, fromHex, sha256, toHex, utf8 } from "./bytes.js";
import { isKey, verify } from "./ed25519.js";
import { TrustError } from "./errors.js";
import { moment } from "./lines.js";
import { readKey } from "./note.js";
import { areFacts, isRange, readUnitKey } from "./units.js";

const FORMAT = "labelsvc-trust-2";
const LARGEST = 4 << 20;
/** Names that a programme had before. */
const MOST_HOSTS = 16;
const STATES = ["next", "active", "retired", "frozen", "revoked"];
const AUTHORITY = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(?::[0-9]{1,5})?$/;
/** A thief of one root key can do nothing, and one lost root key harms nothing. */
const [LEAST_THRESHOLD, LEAST_ROOTS, MOST_ROOTS] = [2, 3, 16];

/**
 * @typedef {import("./note.js").NoteKey} NoteKey
 * @typedef {Readonly<{kid: number, state: string, publicKey: Uint8Array,
 *   ranges: readonly (readonly [number, number, number])[],
 *   facts: readonly (readonly number[])[], unitKeys: readonly import("./units.js").UnitKey[]}>} Key
 *   `ranges`: lot and units [first, stop) that a frozen key had signed: indices in the lot that `unitKeys`
 *   lead to, or what is printed where there are none; `facts`: what the codes of each of them say, nothing
 *   where it is not told
 * @typedef {Readonly<{name: string, since: Date, until: Date, kids: readonly number[]}>} FormerHost
 *   a name of before, and the keys whose codes were printed under it
 * @typedef {Readonly<{text: string, host: string, version: number, issued: Date, expires: Date,
 *   threshold: number, roots: readonly Uint8Array[], keys: ReadonlyMap<number, Key>,
 *   statusKeys: readonly NoteKey[], logKey: NoteKey | null,
 *   hosts: readonly FormerHost[],
 *   signatures: ReadonlyMap<string, Uint8Array>}>} Manifest
 */

/**
 * Read a manifest and check that it may be believed. One past its end is still read: what it says is
 * then true "as of that day".
 *
 * @param {string} text of the file
 * @param {Manifest | null} held what is believed now; null: the first one, whose own roots decide
 * @returns {Promise<Manifest>}
 * @throws {TrustError}
 */
export async function read(text, held) {
  const found = await parse(text);
  if (held) {
    if (found.host !== held.host && !found.hosts.some(({ name }) => name === held.host)) throw new TrustError("host", found.host);
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
  // Half a character has no bytes: two texts would have one signature.
  if (/\p{Surrogate}/u.test(outer.signed)) throw damaged();
  const { host, version, threshold } = facts;
  if (!isHost(host)) throw damaged();
  if (!Number.isSafeInteger(version) || version < 1) throw damaged();
  const roots = list(facts.roots).map((root) => publicKey(root));
  const distinct = new Set(roots.map(toHex)).size === roots.length;
  if (!Number.isInteger(threshold) || threshold > roots.length) throw damaged();
  if (threshold < LEAST_THRESHOLD || roots.length < LEAST_ROOTS) throw damaged();
  if (roots.length > MOST_ROOTS || !distinct) throw damaged();
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
  const hosts = (facts.hosts === undefined ? [] : list(facts.hosts)).map(readHost);
  const names = new Set([host, ...hosts.map(({ name }) => name)]);
  if (hosts.length > MOST_HOSTS || names.size !== hosts.length + 1) throw damaged();
  const [issued, expires] = [moment(facts.issued), moment(facts.expires)];
  if (!issued || !expires || expires <= issued || signatures.size > 2 * MOST_ROOTS) throw damaged();
  const logKey = facts.log_key === null ? null : await noteKey(facts.log_key);
  const statusKeys = await Promise.all(list(facts.status_keys).map(noteKey));
  return Object.freeze({
    text: outer.signed, host, version, issued, expires, threshold, keys, signatures, logKey,
    hosts: Object.freeze(hosts),
    roots: Object.freeze(roots), statusKeys: Object.freeze(statusKeys),
  });
}

/**
 * Hosts that a code of a key may have been printed under, the present one first.
 *
 * @param {Manifest} manifest
 * @param {number} kid
 */
export function hostsOf(manifest, kid) {
  return [manifest.host, ...manifest.hosts.filter(({ kids }) => kids.includes(kid)).map(({ name }) => name)];
}

/** @param {unknown} text */
function isHost(text) {
  return typeof text === "string" && AUTHORITY.test(text) && !text.endsWith(":443");
}

/**
 * @param {any} entry
 * @returns {FormerHost}
 */
function readHost(entry) {
  const { name } = entry ?? {};
  const kids = list(entry?.kids);
  const [since, until] = [moment(entry?.from), moment(entry?.until)];
  if (!isHost(name) || !since || !until || until <= since || !kids.length) throw damaged();
  const right = kids.every((kid, at) => Number.isInteger(kid) && kid > (at ? kids[at - 1] : 0) && kid < 4096);
  if (!right) throw damaged();
  return Object.freeze({ name, since, until, kids: Object.freeze(kids) });
}

/** @param {unknown} text */
async function noteKey(text) {
  if (typeof text !== "string") throw damaged();
  return Object.freeze(await readKey(text));
}

/**
 * @param {any} entry
 * @returns {Key}
 */
function readCodeKey(entry) {
  const { kid, state, unit_ranges: ranges, unit_facts: told } = entry ?? {};
  if (!Number.isInteger(kid) || kid < 1 || kid > 4095 || !STATES.includes(state)) throw damaged();
  if (!list(ranges).every(isRange)) throw damaged();
  const facts = told === undefined ? ranges.map(() => []) : list(told);
  if (facts.length !== ranges.length || !facts.every(areFacts)) throw damaged();
  const unitKeys = (entry.unit_keys === undefined ? [] : list(entry.unit_keys)).map((row) => readUnitKey(row) ?? fail());
  return Object.freeze({
    kid, state, publicKey: publicKey(entry.ed25519), ranges: Object.freeze(ranges),
    facts: Object.freeze(facts), unitKeys: Object.freeze(unitKeys),
  });
}

/** @param {unknown} text */
function publicKey(text) {
  const found = typeof text === "string" ? fromHex(text) : null;
  if (!found || !isKey(found)) throw damaged();
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

/** @returns {never} */
function fail() {
  throw damaged();
}

function damaged() {
  return new TrustError("damaged", "manifest");
}
