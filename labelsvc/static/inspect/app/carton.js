// The carton that is being looked through: which of its packs were scanned, and which are strangers.

import { placesOf, readCarton } from "../verify/carton.js";
import * as store from "./store.js";
import { FORMER, HOST, t } from "./words.js";

/**
 * @typedef {{code: string, lot: number, first: number, count: number, tags: Uint8Array,
 *   seen: number[], strangers: string[]}} Open
 *   `seen`: numbers of packs; `strangers`: codes of packs that do not belong inside
 */

/** Verdicts on a carton whose word is taken for what belongs inside. */
const BELIEVED = new Set(["ISSUED_OK", "ISSUED_OK_STALE", "EXPIRED", "NOT_ACTIVATED", "RECALLED",
  "PARTLY_WITHDRAWN"]);

/** @type {(id: string) => HTMLElement} */
const at = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
/** @type {Open | null} */
let open = null;

export async function wire() {
  open = (await store.get("carton")) ?? null;
  at("carton-done").addEventListener("click", () => void close());
  show();
}

/** The packs that follow are of no carton, or of the next. */
export async function close() {
  open = null;
  await store.put("carton", undefined);
  show();
}

/**
 * Begin with a carton, unless its code is not believed; the same one goes on.
 *
 * @param {string} code canonical
 * @param {string} verdict
 */
export async function begin(code, verdict) {
  if (!BELIEVED.has(verdict) || open?.code === code) return;
  const { lot, first, count, tags } = readCarton(code).payload;
  open = { code, lot, first, count, tags, seen: [], strangers: [] };
  await keep();
}

/**
 * Whether a pack belongs into the open carton: its numbers, [] for a stranger, null without one.
 *
 * @param {string} canonical
 * @returns {Promise<number[] | null>}
 */
export async function look(canonical) {
  if (!open) return null;
  let places = /** @type {number[]} */ ([]);
  for (const host of [HOST, ...FORMER]) if (!places.length) places = await placesOf(open, host, canonical);
  if (places.length) open.seen = [...new Set([...open.seen, ...places.slice(0, 1)])];
  else open.strangers = [...new Set([...open.strangers, canonical])];
  await keep();
  return places;
}

/** @param {{first: number, count: number}} carton */
export function range({ first, count }) {
  return `${first + 1}–${first + count}`;
}

async function keep() {
  await store.put("carton", open);
  show();
}

/** Draw anew, also in the other language. */
export function show() {
  at("carton").hidden = !open;
  if (!open) return;
  at("carton-range").textContent = t("carton_range", { range: range(open), count: open.count });
  at("carton-seen").textContent = t("carton_seen", { seen: open.seen.length, count: open.count });
  at("carton-strangers").hidden = !open.strangers.length;
  at("carton-strangers").textContent = t("carton_strangers", { count: open.strangers.length });
  const bar = /** @type {HTMLProgressElement} */ (at("carton-bar"));
  [bar.max, bar.value] = [open.count, open.seen.length];
}
