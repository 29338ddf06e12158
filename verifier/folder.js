// Manifest, head and lists of a folder: as `labelsvc keys fetch` writes them, or under the paths of the service.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "./modules.js";

const { TrustError } = await load("errors");
const { read } = await load("manifest");
const { isNamed, readHead } = await load("head");
const { moment } = await load("lines");
const { readList } = await load("status");

/** Of a file, its names: of `keys fetch` first, then of the service. */
const MANIFEST = ["manifest.json", ".well-known/labelsvc-trust.json", "labelsvc-trust.json"];
const HEAD = ["status", "trust/head", "head", "trust/status"];
/** So many deltas follow a full list at most, as `labelsvc keys fetch` keeps them. */
const MOST_DELTAS = 8;

/**
 * What a folder gives to believe. Each file is verified; lists that are missing are left out, which makes an
 * answer "as of".
 *
 * @param {string} folder
 * @returns {Promise<{manifest: any, head: any, lists: any[], latest: Date | null}>}
 * @throws {TrustError} there is no manifest, or a file that must not be believed
 */
export async function readFolder(folder) {
  const file = first(folder, MANIFEST);
  if (!file) throw new TrustError("damaged", `there is no ${MANIFEST[0]} in ${folder}`);
  let text;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(file);
  } catch {
    throw new TrustError("damaged", "manifest");
  }
  const manifest = await read(text, null);
  const told = first(folder, ["latest"]);
  const latest = told ? moment(Buffer.from(told).toString("latin1").trim()) : null;
  const data = first(folder, HEAD);
  const head = data ? await readHead(data, manifest) : null;
  const lists = [];
  for (const line of head?.lines ?? []) {
    const list = await gather(folder, line, manifest);
    if (list) lists.push(list);
  }
  return { manifest, head, lists, latest };
}

/**
 * The list that *line* names, whole or from a full one and the deltas behind it.
 *
 * @param {string} folder
 * @param {{kid: number, purpose: string, number: number, sha256: string}} line
 * @param {any} manifest
 * @returns {Promise<any>} null where a part is missing
 */
async function gather(folder, line, manifest) {
  for (let number = line.number; number >= Math.max(1, line.number - MOST_DELTAS); number--) {
    const file = first(folder, namesOf(line, String(number)));
    if (!file) continue;
    if (number === line.number && !(await isNamed(line, file))) throw notNamed(line);
    let found = await readList(file, manifest);
    const same = found.kid === line.kid && found.purpose === line.purpose && found.number === number;
    if (!same || found.base) throw notNamed(line);
    for (let next = number + 1; next <= line.number; next++) {
      const delta = first(folder, namesOf(line, `${next - 1}-${next}`));
      if (!delta) return null;
      found = found.plus(await readList(delta, manifest));
    }
    return found;
  }
  return null;
}

/**
 * @param {{kid: number, purpose: string}} line
 * @param {string} last
 */
function namesOf({ kid, purpose }, last) {
  return [`${kid}-${purpose}-${last}`, `trust/status/${kid}/${purpose}/${last}`];
}

/** @param {{kid: number, purpose: string, number: number}} line */
function notNamed({ kid, purpose, number }) {
  return new TrustError("damaged", `${kid}-${purpose}-${number} is not the list that the head names`);
}

/**
 * Bytes of the first of *names* that is there.
 *
 * @param {string} folder
 * @param {string[]} names
 * @returns {Uint8Array | null}
 */
function first(folder, names) {
  for (const name of names) {
    try {
      return readFileSync(join(folder, name));
    } catch (error) {
      // `trust/status` is a head at the service and the folder of its lists.
      if (!["ENOENT", "ENOTDIR", "EISDIR"].includes(error.code)) throw error;
    }
  }
  return null;
}
