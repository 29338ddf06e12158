// One visit: what was scanned since it began, so that two items with one code are found offline.

import * as store from "./store.js";

/**
 * @typedef {{key: string, code: string, verdict: string, at: string, items: number, lot: string,
 *   product: string, carton?: string}} Entry
 *   `carton`: number of the pack in the carton it was looked at with; "outside": it does not belong inside
 * @typedef {{began: string, entries: Entry[]}} Visit
 */

/** @returns {Promise<Visit>} */
export async function load() {
  return (await store.get("visit")) ?? { began: new Date().toISOString(), entries: [] };
}

/** @param {Visit} visit */
export function save(visit) {
  return store.put("visit", visit);
}

/**
 * What tells one item from another; null for codes that stand on every label of a lot.
 *
 * @param {import("../verify/parse.js").Code} code
 * @param {string | null} form as the server knows it: only it can tell a lot code
 */
export function keyOf(code, form) {
  if (code.form === "link" || form === "lot") return null;
  return code.form === "offline" ? `${code.payload.lot}:${code.payload.unit}` : code.canonical;
}

/**
 * The visit as a table for a spreadsheet.
 *
 * @param {Visit} visit
 */
export function asCsv(visit) {
  const rows = visit.entries.map((entry) => [
    entry.at, entry.verdict, String(entry.items), entry.product, entry.lot, entry.code, entry.carton ?? "",
  ]);
  const head = ["time", "verdict", "items", "product", "lot", "code", "in_carton"];
  return "\ufeff" + [head, ...rows].map((row) => row.map(cell).join(",") + "\r\n").join("");
}

/** @param {string} text */
function cell(text) {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}
