// Manifest, head and lists on this device: verified each time they are loaded, not only when fetched.

import { isNamed, lineOf, readHead } from "../verify/head.js";
import * as manifests from "../verify/manifest.js";
import { readList } from "../verify/status.js";
import { TrustError } from "../verify/errors.js";
import * as store from "./store.js";
import { LOWEST } from "./words.js";

/**
 * @typedef {import("../verify/verdict.js").Trust} Trust
 * @typedef {import("../verify/status.js").StatusList} StatusList
 * @typedef {Uint8Array[]} Parts a full list, and what was new in those that followed
 * @typedef {{manifest: string, head: Uint8Array | null, lists: {[name: string]: Parts}}} Files
 */

/** So many deltas after a full list; who missed more fetches the full one. */
const MOST_DELTAS = 8;
/** Milliseconds between two moments that are noted. */
const NOTED = 60_000;

/** What is held, or null before the first contact. @returns {Promise<Trust | null>} */
export async function load() {
  const files = await kept();
  if (!files) return null;
  const manifest = await manifests.read(files.manifest, null);
  const head = files.head && (await readHead(files.head, manifest, null));
  const lists = await Promise.all(Object.values(files.lists).map((parts) => joined(parts, manifest)));
  return { manifest, head, lists, latest: (await store.get("latest")) ?? null };
}

/** @returns {Promise<Files | null>} */
async function kept() {
  const files = await store.get("trust");
  if (!files) return null;
  // An older version of the application kept full lists alone.
  const lists = Object.entries(files.lists).map(([name, parts]) => [name, Array.isArray(parts) ? parts : [parts]]);
  return { ...files, lists: Object.fromEntries(lists) };
}

/**
 * The list that *parts* make, each of them signed.
 *
 * @param {Parts} parts
 * @param {import("../verify/manifest.js").Manifest} manifest
 * @returns {Promise<StatusList>}
 */
async function joined([full, ...deltas], manifest) {
  let list = await readList(full, manifest);
  for (const delta of deltas) list = list.plus(await readList(delta, manifest));
  return list;
}

/**
 * Bring what is held up to what the service gives. What must not be believed is not kept, and what
 * was held stays.
 *
 * @param {Trust | null} held
 * @returns {Promise<Trust>}
 * @throws {import("../verify/errors.js").TrustError}
 */
export async function refresh(held) {
  const newest = await text("/.well-known/labelsvc-trust.json");
  let manifest = held?.manifest ?? null;
  const version = Number(JSON.parse(JSON.parse(newest).signed).version);
  for (let next = (manifest?.version ?? version) + 1; next < version; next++) {
    manifest = await manifests.read(await text(`/trust/manifest/${next}.json`), manifest);
  }
  manifest = await manifests.read(newest, manifest);
  if (manifest.version < LOWEST) throw new TrustError("rollback", `${manifest.version} < ${LOWEST}`);
  /** @type {Files} */
  const files = { manifest: newest, head: null, lists: {} };
  const raw = await bytes("/trust/head");
  const head = await readHead(raw, manifest, held?.head ?? null);
  files.head = raw;
  const lists = [];
  const before = await kept();
  for (const line of head.lines) {
    const old = held?.head && lineOf(held.head, line.kid, line.purpose);
    const parts = (old && (await grown(before?.lists[nameOf(old)], old, line, manifest))) ?? (await whole(line));
    lists.push(await joined(parts, manifest));
    files.lists[nameOf(line)] = parts;
  }
  await store.put("trust", files);
  // A head that is newer than the one that was held settles a clock that was ahead once.
  const renewed = !held?.head || head.issued > held.head.issued;
  const trust = { manifest, head, lists, latest: renewed ? null : held?.latest ?? null };
  await note(trust, new Date());
  return trust;
}

/**
 * Keep the latest moment that was seen, so that a clock that is set back later is found.
 *
 * @param {Trust} trust
 * @param {Date} now
 */
export async function note(trust, now) {
  if (trust.latest && now.getTime() < trust.latest.getTime() + NOTED) return;
  trust.latest = now;
  await store.put("latest", now);
}

/** @param {import("../verify/head.js").HeadLine} line */
function nameOf({ kid, purpose, number }) {
  return `${kid}/${purpose}/${number}`;
}

/**
 * The held list brought up to *line* by what is new since; null: the full one is needed. A delta is signed as
 * a full list is; the head's hash is of the full list's file alone.
 *
 * @param {Parts | undefined} parts of the list that *old* names
 * @param {import("../verify/head.js").HeadLine} old
 * @param {import("../verify/head.js").HeadLine} line
 * @param {import("../verify/manifest.js").Manifest} manifest
 * @returns {Promise<Parts | null>}
 */
async function grown(parts, old, line, manifest) {
  if (!parts || old.number > line.number) return null;
  if (old.number === line.number && old.sha256 !== line.sha256) return null;
  if (parts.length + line.number - old.number > MOST_DELTAS + 1) return null;
  try {
    const more = [...parts];
    for (let next = old.number + 1; next <= line.number; next++) {
      more.push(await bytes(`/trust/status/${line.kid}/${line.purpose}/${next - 1}-${next}`));
    }
    await joined(more, manifest);
    return more;
  } catch {
    return null; // one is missing (something was taken back), or not signed as it must be by now
  }
}

/**
 * The full list that *line* names, byte for byte.
 *
 * @param {import("../verify/head.js").HeadLine} line
 * @returns {Promise<Parts>}
 */
async function whole(line) {
  const file = await bytes(`/trust/status/${nameOf(line)}`);
  if (!(await isNamed(line, file))) throw new Error(`list ${nameOf(line)}`);
  return [file];
}

/** @param {string} path */
async function fetched(path) {
  const answer = await fetch(path, { cache: "no-store", credentials: "omit" });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer;
}

/** @param {string} path */
async function text(path) {
  return (await fetched(path)).text();
}

/** @param {string} path */
async function bytes(path) {
  return new Uint8Array(await (await fetched(path)).arrayBuffer());
}
