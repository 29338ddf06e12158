// Manifest, head and lists on this device: verified each time they are loaded, not only when fetched.

import { sha256, toHex } from "../verify/bytes.js";
import * as manifests from "../verify/manifest.js";
import { readHead, readList } from "../verify/status.js";
import * as store from "./store.js";

/**
 * @typedef {import("../verify/verdict.js").Trust} Trust
 * @typedef {{manifest: string, head: Uint8Array | null, lists: {[name: string]: Uint8Array}}} Files
 */

/** What is held, or null before the first contact. @returns {Promise<Trust | null>} */
export async function load() {
  /** @type {Files | undefined} */
  const files = await store.get("trust");
  if (!files) return null;
  const manifest = await manifests.read(files.manifest, null);
  const head = files.head && (await readHead(files.head, manifest, null));
  const lists = await Promise.all(Object.values(files.lists).map((file) => readList(file, manifest)));
  return { manifest, head, lists };
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
  /** @type {Files} */
  const files = { manifest: newest, head: null, lists: {} };
  const raw = await bytes("/trust/status");
  const head = await readHead(raw, manifest, held?.head ?? null);
  files.head = raw;
  const lists = [];
  /** @type {Files | undefined} */
  const before = await store.get("trust");
  for (const line of head.lines) {
    const name = `${line.kid}/${line.purpose}/${line.number}`;
    const file = before?.lists[name] ?? (await bytes(`/trust/status/${name}`));
    if (toHex(await sha256(file)) !== line.sha256) throw new Error(`list ${name}`);
    lists.push(await readList(file, manifest));
    files.lists[name] = file;
  }
  await store.put("trust", files);
  return { manifest, head, lists };
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
