// GS1 Digital Links and element strings: labelsvc/codes/forms/gs1.py in the browser, and what only a scanner
// hands over.

import { Refused } from "./errors.js";
import { PATH_VALUES, checkPairs, checkValue, isGtin, isKnown } from "./identifiers.js";
import { EDGES, TAIL, decodePercent, spell, strip, stripEnd } from "./spelling.js";

/**
 * A code of ours, under a tag that the service checks.
 * @typedef {{form: "gs1", canonical: string, gtin: string, serial: string,
 *   attributes: [string, string][], element: boolean}} Gs1
 * A link or element string without a tag of ours: it names a product, it proves nothing.
 * @typedef {{form: "link", canonical: string, gtin: string, lot: string | null,
 *   serial: string | null, variant: string | null, thirdParty: string | null,
 *   attributes: [string, string][], element: boolean}} Link
 */

/** Characters of a serial that carries our tag. */
const SERIAL = 20;
/** Qualifiers of the key 01: these in this order, or 235 alone. */
const ORDER = ["22", "10", "21"];
/** Identifiers whose values have one length, so that nothing stands after them (GS1 General Specifications, figure 7.8.5-2). */
const FIXED = /^(?:(00)|(0[12])|(1[1-9])|(20)|(3[1-6][0-9]{2})|(41[0-9]))/;
const FIXED_LENGTHS = [18, 14, 6, 2, 6, 13];
/** Lengths of the names of all other identifiers. */
const NAME = /^(?:10|2[12]|30|37|9[0-9]|2[345][0-9]|40[0-3]|42[0-7]|71[0-9]|39[0-9]{2}|7[02][0-9]{2}|8[0-9]{3})/;

/**
 * Read path and query of a link, both still percent-encoded.
 *
 * @param {string} path from the key on: `01/08938505974019/10/L1`
 * @param {string} query
 * @returns {Gs1 | Link}
 * @throws {Refused}
 */
export function readLink(path, query) {
  const segments = path.split("/").map((part) => decodePercent(part));
  if (segments[0] !== "01" || segments.length % 2) throw new Refused("MALFORMED");
  /** @type {[string, string][]} */
  const pairs = [];
  for (let at = 0; at < segments.length; at += 2) pairs.push([segments[at], segments[at + 1]]);
  const names = pairs.slice(1).map(([ai]) => ai);
  const ordered = ORDER.filter((ai) => names.includes(ai));
  if (names.join() !== "235" && names.join() !== ordered.join()) throw new Refused("MALFORMED");
  return checked(pairs, query, false);
}

/**
 * Read a GS1 element string as scanners hand it over, `]Q3` in front or values ended by GS (0x1D), or as
 * it is printed under a symbol, with identifiers in brackets.
 *
 * @param {string} text
 * @returns {Gs1 | Link | null} null: it is none
 * @throws {Refused} it is one, and breaks a rule
 */
export function readElements(text) {
  const pairs = /^\s*\(01\)/.test(text) ? bracketed(text) : separated(text);
  if (!pairs) return null;
  const names = new Set(pairs.map(([ai]) => ai));
  if (names.size < pairs.length) throw new Refused("MALFORMED");
  const inPath = names.has("235") ? ["01", "235"] : ["01", ...ORDER];
  const path = inPath.flatMap((ai) => pairs.filter(([name]) => name === ai));
  const attributes = pairs.filter(([ai]) => !inPath.includes(ai));
  return checked(path, attributes, true);
}

/**
 * @param {[string, string][]} path key first, qualifiers in their order
 * @param {[string, string][] | string} given attributes of an element string, or a query
 * @param {boolean} element
 * @returns {Gs1 | Link}
 */
function checked(path, given, element) {
  const values = new Map(path);
  // A full stop or quotation mark of a chat: legal in serials of others, never in ours.
  const spelt = path.length === 2 && path[1][0] === "21" ? spell(stripEnd(strip(path[1][1], EDGES), TAIL + EDGES)) : null;
  const ours = spelt !== null && spelt.length === SERIAL;
  if (ours) values.set("21", spelt);
  for (const [ai, value] of values) {
    if (!PATH_VALUES.get(ai)?.test(value)) throw new Refused("MALFORMED");
  }
  const gtin = values.get("01") ?? "";
  if (!isGtin(gtin)) throw new Refused("MALFORMED");
  const kept = typeof given !== "string" ? given : ours ? understood(given) : attributesOf(given);
  for (const [ai, value] of kept) checkValue(ai, value);
  checkPairs(values.keys(), kept.map(([ai]) => ai));
  const canonical = [...values].map(([ai, value]) => `${ai}/${quote(value)}`).join("/");
  if (ours) return { form: "gs1", canonical, gtin, serial: spelt, attributes: kept, element };
  return {
    form: "link", canonical, gtin, lot: values.get("10") ?? null, serial: values.get("21") ?? null,
    variant: values.get("22") ?? null, thirdParty: values.get("235") ?? null, attributes: kept, element,
  };
}

/**
 * Attributes beside a serial of ours. They are believed by nobody, so a genuine label does not die of what a shop
 * or a shortener added: identifiers that are none, values that are empty or cannot be, broken escapes, and rows
 * that break GS1's rules of what stands together are dropped.
 *
 * @param {string} query
 * @returns {[string, string][]}
 */
function understood(query) {
  /** @type {[string, string][]} */
  const kept = [];
  for (const part of query.split("&")) {
    try {
      const rows = attributesOf(part).filter(([ai, value]) => value && isKnown(ai));
      for (const [ai, value] of rows) checkValue(ai, value);
      kept.push(...rows);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
    }
  }
  try {
    checkPairs(["01", "21"], kept.map(([ai]) => ai));
  } catch {
    return [];
  }
  return kept;
}

/**
 * GS1 attributes of a query; other names belong to somebody else.
 *
 * @param {string} query
 */
function attributesOf(query) {
  /** @type {[string, string][]} */
  const found = [];
  for (const part of query.split("&")) {
    const equals = part.indexOf("=");
    if (equals < 0) continue;
    const name = decodePercent(part.slice(0, equals));
    if (!/^[0-9]{2,4}$/.test(name)) continue;
    const value = decodePercent(part.slice(equals + 1), true);
    found.push([name, value]);
  }
  return found;
}

/**
 * @param {string} text
 * @returns {[string, string][] | null}
 */
function bracketed(text) {
  const parts = text.trim().split(/\(([0-9]{2,4})\)/);
  /** @type {[string, string][]} */
  const pairs = [];
  for (let at = 1; at < parts.length; at += 2) pairs.push([parts[at], parts[at + 1].trim()]);
  return pairs;
}

/**
 * @param {string} text
 * @returns {[string, string][] | null}
 */
function separated(text) {
  const raw = text.replace(/^\](?:Q3|d2|C1|e0|J1)/, "");
  if (!/^\x1d?01[0-9]{14}/.test(raw) || (raw === text && !text.includes("\x1d"))) return null;
  /** @type {[string, string][]} */
  const pairs = [];
  for (let rest = raw.replace(/^\x1d/, ""); rest; rest = rest.replace(/^\x1d/, "")) {
    const fixed = FIXED.exec(rest);
    const name = fixed ? fixed[0] : NAME.exec(rest)?.[0];
    if (!name) throw new Refused("MALFORMED");
    const group = fixed ? fixed.slice(1).findIndex((part) => part !== undefined) : -1;
    const end = rest.indexOf("\x1d");
    const open = end < 0 ? rest.length : end;
    const stop = fixed ? name.length + FIXED_LENGTHS[group] : open;
    if (stop > open) throw new Refused("MALFORMED");
    pairs.push([name, rest.slice(name.length, stop)]);
    rest = rest.slice(stop);
  }
  return pairs;
}

/**
 * As Python's `quote(value, safe="")`: unreserved characters alone stay.
 *
 * @param {string} value
 */
function quote(value) {
  return encodeURIComponent(value).replace(
    /[!'()*]/g, (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase(),
  );
}
