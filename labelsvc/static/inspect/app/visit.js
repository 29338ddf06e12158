// One visit: what was scanned since it began, so that two items with one code are found offline.

import * as store from "./store.js";
import { t } from "./words.js";

/**
 * @typedef {{uid: string, key: string | null, code: string, form: string, verdict: string, own: string, said: string,
 *   saidAt: string, state: "" | "asking" | "silent", at: string, items: number, host: string,
 *   known: import("./pack.js").Known | null, claims: string, expires: string | null, asOf: string | null,
 *   inside: number[] | null, range: string, noted: boolean}} Entry
 *   `key`: tells one item from another; null for codes that stand on every label of a lot, or on none of ours
 *   `form`: "" where it is none of ours; "lot" once the server has told it from a short one
 *   `own`, `said`: the verdicts of this device and of the server; `verdict` is what counts
 *   `claims`: the lot that an unproven code names
 *   `asOf`: when the list was made that it was compared with
 *   `inside`: numbers of the pack in the carton it was looked at with; []: it does not belong inside
 *   `range`: which labels belong into this carton
 *   `noted`: its place was put down to be told (sightings.js)
 * @typedef {{words: string, latitude?: number, longitude?: number}} Place
 * @typedef {{began: string, place: Place, entries: Entry[]}} Visit
 */

/** Forms that stand on one pack alone. */
export const PACKS = new Set(["short", "gs1", "offline"]);

/** @returns {Visit} */
export function begin() {
  return { began: new Date().toISOString(), place: { words: "" }, entries: [] };
}

/** @returns {Promise<Visit>} */
export async function load() {
  const kept = { ...begin(), ...(await store.get("visit")) };
  // Fields that an older version of the application did not write, and questions that were cut off.
  kept.entries = kept.entries.map((/** @type {Entry} */ entry) => ({ ...blank(entry.code), ...entry, state: "" }));
  return kept;
}

/** @param {Visit} visit */
export function save(visit) {
  return store.put("visit", visit);
}

/**
 * A code that nothing is known of yet.
 *
 * @param {string} code
 * @returns {Entry}
 */
export function blank(code) {
  return {
    uid: crypto.randomUUID(), key: null, code, form: "", verdict: "MALFORMED", own: "MALFORMED", said: "", saidAt: "",
    state: "", at: new Date().toISOString(), items: 1, host: "", known: null, claims: "", expires: null, asOf: null,
    inside: null, range: "", noted: false,
  };
}

/**
 * What tells one item from another.
 *
 * @param {import("../verify/parse.js").Code} code
 */
export function keyOf(code) {
  if (code.form === "link") return null;
  return code.form === "offline" ? `${code.payload.lot}:${code.payload.unit}` : code.canonical;
}

/**
 * The row of the same item or the same code.
 *
 * @param {Visit} visit
 * @param {Entry} found
 */
export function before(visit, found) {
  return visit.entries.find((entry) =>
    (entry.key !== null && entry.key === found.key) || entry.code === found.code);
}

/**
 * What it is on: the product, or which labels are in the carton; "" where nothing is proven.
 *
 * @param {Entry} entry
 */
export function goodsOf(entry) {
  const product = entry.known?.product ?? "";
  return entry.range && entry.known ? t("carton_of", { range: entry.range, product }) : product;
}

/**
 * The code, short enough for a line.
 *
 * @param {string} code
 */
export function shortened(code) {
  return code.length > 60 ? `${code.slice(0, 28)}…${code.slice(-12)}` : code;
}

/** @param {Entry} entry */
function cartonOf({ inside }) {
  return inside ? inside.join(" ") || "outside" : "";
}

/**
 * The visit as the service takes it for the day report.
 *
 * @param {Visit} visit
 */
export function asSent(visit) {
  return {
    began: visit.began,
    entries: visit.entries.map((entry) => ({
      code: entry.code, verdict: entry.verdict, at: entry.at, items: entry.items, product: goodsOf(entry),
      lot: entry.known?.lot ?? "", carton: cartonOf(entry),
    })),
  };
}

/**
 * The visit as a table for a spreadsheet.
 *
 * @param {Visit} visit
 */
export function asCsv(visit) {
  const rows = asSent(visit).entries.map((entry) => [
    entry.at, entry.verdict, String(entry.items), entry.product, entry.lot, entry.code, entry.carton,
  ]);
  const head = ["time", "verdict", "items", "product", "lot", "code", "in_carton"];
  return "\ufeff" + [head, ...rows].map((row) => row.map(cell).join(",") + "\r\n").join("");
}

/** @param {string} text */
function cell(text) {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}
