// Sections of the frozen vectors: what a program under test is asked, and what it must answer.

import { hkdfSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * @typedef {{id: string, section: string, note: string, ask: any, wanted: any[]}} Question
 *   `ask` is what the program reads; each of `wanted` is right
 */

/**
 * All questions of the vectors of a folder, section by section.
 *
 * @param {string} folder
 * @returns {Question[]}
 */
export function questions(folder) {
  const [codes, cartons, stolen, trust] = ["codes", "cartons", "stolen", "trust"].map((name) =>
    JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8")));
  const host = codes.host;
  const secrets = { host, permutation_secret: codes.permutation_secret, keys: codes.keys };
  const keys = codes.keys.map(({ kid, state, ed25519_public, unit_ranges }) =>
    ({ kid, state, ed25519: ed25519_public, unit_ranges }));
  const unitKey = Buffer.from(
    hkdfSync("sha256", Buffer.from(codes.permutation_secret, "hex"), "", "labelsvc/unit/v1", 32)).toString("hex");
  const offline = codes.read.filter((/** @type {any} */ row) => row.form === "offline");
  return [
    ...section("read", codes.read, ({ text, form, canonical, result }) => [
      { text, host }, canonical === undefined ? { error: result } : { form, canonical },
    ]),
    ...section("signature", offline, ({ canonical, result }) => [
      { canonical, host, keys }, ...signatures(canonical, result, keys),
    ]),
    ...section("offline", codes.offline, (row) => [
      { canonical: row.canonical, host }, pick(row, "kid", "reference", "lot", "unit", "expires", "payload", "message", "signature"),
    ]),
    ...section("unit", codes.units, ({ lot, printed, index }) => [{ unit_key: unitKey, lot, printed }, { index }]),
    ...section("carton", cartons.good, (row) => [
      { canonical: row.canonical, host: cartons.host, units: row.units },
      { ...pick(row.fields, "kid", "reference", "lot", "issue", "first", "count"), payload: row.payload,
        signature: row.signature, inside: row.units.map(() => true) },
    ]),
    ...section("carton", cartons.malformed, ({ canonical }) => [
      { canonical, host: cartons.host, units: [] }, { error: "malformed_code" },
    ], "malformed"),
    ...section("manifest", trust.manifests, ({ held, file, result }) => [{ held, file }, ...outcomes(result)]),
    ...section("manifest", stolen.damaged, (file) => [{ held: null, file }, ...outcomes("damaged")], "facts"),
    ...section("head", trust.heads, ({ held, file, result }) => [
      { held, file, host: trust.host, status_keys: [trust.status_key] }, ...outcomes(result),
    ]),
    ...section("list", trust.lists, ({ file, result, units }) => [
      { file, host: trust.host, status_keys: [trust.status_key] },
      ...(result === "ok" ? [{ result, units }] : outcomes(result)),
    ]),
    ...section("stolen", stolen.cases, ({ manifest, code, verdict }) => [
      { manifest: stolen.manifests[manifest], code, at: stolen.at }, { verdict },
    ]),
    ...section("make_short", codes.short, ({ number, canonical }) => [{ ...secrets, number }, { canonical }]),
    ...section("make_gs1", codes.gs1, ({ gtin, number, canonical }) => [{ ...secrets, gtin, number }, { canonical }]),
    ...section("make_offline", codes.offline, (row) => [
      { ...secrets, ...pick(row, "kid", "reference", "lot", "unit", "expires", "is_gtin") }, { canonical: row.canonical },
    ]),
    ...section("derive", codes.derive, ({ master, purpose, key }) => [{ master, purpose }, { key }]),
    ...section("shuffle", codes.permutation, (row) => [pick(row, "key", "bits", "tweak", "number"), { place: row.place }]),
    ...section("base32", codes.alphabet, ({ value, length, text }) => [{ value, length }, { text }]),
  ];
}

/**
 * @param {string} name
 * @param {any[]} rows
 * @param {(row: any) => any[]} put what is asked, then what is right
 * @param {string} [part]
 * @returns {Question[]}
 */
function section(name, rows, put, part = "") {
  return rows.map((row, at) => {
    const [ask, ...wanted] = put(row);
    return { id: [name, part, at].filter((one) => one !== "").join("/"), section: name, note: row.note ?? row.name ?? "", ask, wanted };
  });
}

/**
 * A key that is "next" has signed rightly and signs nothing yet: readers stop at the one or the other.
 *
 * @param {string} canonical
 * @param {string} result
 * @param {{kid: number, state: string}[]} keys
 */
function signatures(canonical, result, keys) {
  const kid = Number((BigInt(canonical) >> 624n) & 0xfffn);
  const isNext = result === "ok" && keys.find((key) => key.kid === kid)?.state === "next";
  return (isNext ? [result, "unknown_key"] : [result]).map((word) => ({ result: word }));
}

/**
 * A program that knows no more than that a file must not be believed answers "refused".
 *
 * @param {string} result
 */
function outcomes(result) {
  return result === "ok" ? [{ result }] : [{ result }, { result: "refused" }];
}

/**
 * @param {any} row
 * @param {...string} names
 */
function pick(row, ...names) {
  return Object.fromEntries(names.map((name) => [name, row[name]]));
}
