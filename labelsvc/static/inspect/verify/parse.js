// From what a scanner, a chat or a person hands over to a code: labelsvc/codes/uri.py in the browser.
// docs/codes.md is the specification; both sides are tested with the same vectors.

import { Refused } from "./errors.js";

/**
 * @typedef {{kid: number, reference: number, gtin: string | null, lot: number, unit: number,
 *   expires: string | null}} Payload
 * @typedef {{form: "short", canonical: string}} Short
 * @typedef {{form: "gs1", canonical: string, gtin: string}} Gs1
 * @typedef {{form: "link", canonical: string, gtin: string, lot: string | null,
 *   serial: string | null}} Link
 * @typedef {{form: "offline", canonical: string, payload: Payload, packed: Uint8Array,
 *   signature: Uint8Array}} Offline
 * @typedef {Short | Gs1 | Link | Offline} Code
 */

export const DIGITS = 193;
const SHORT = 24;
const SERIAL = 20;
const LARGEST = 2048;
const EDGES = " \t\r\n\v\f\0\x1c\x1d\x1e\x1f\u00a0\u200b\u200c\u200d\u200e\u200f\u2060\ufeff<>\"'“”‘’«»";
const TAIL = ".,;:!?)]}*_~…";
const SEPARATORS = new Set(" \t\r\n\u00a0\u2007\u2009\u202f-\u2010\u2011\u2012\u2013");
const CSET82 = "[!\"%&'()*+,\\-./0-9:;<=>?A-Z_a-z]";
const PATH_VALUES = new Map([
  ["01", /^[0-9]{14}$/],
  ["22", new RegExp(`^${CSET82}{1,20}$`)],
  ["10", new RegExp(`^${CSET82}{1,20}$`)],
  ["21", new RegExp(`^${CSET82}{1,20}$`)],
  ["235", new RegExp(`^${CSET82}{1,28}$`)],
]);
const ORDER = ["22", "10", "21"];
const DEFAULT_PORTS = new Map([["https", ":443"], ["http", ":80"]]);
/** 2020-01-01, day 0 of the expiry field, which means "none". */
const EPOCH = Date.UTC(2020, 0, 1);

/**
 * Read a scanned, pasted or typed *text* as a code of *host*.
 *
 * @param {string} text
 * @param {string} host authority in lower case, with a port if it has one
 * @returns {Code}
 * @throws {Refused}
 */
export function parseCode(text, host) {
  if ([...text].length > LARGEST) throw new Refused("MALFORMED");
  const element = elementString(text);
  const whole = (element ?? strip(text, EDGES)).replace(/[\t\r\n]+/g, " ");
  try {
    return read(whole, host);
  } catch (error) {
    if (!(error instanceof Refused) || error.verdict !== "MALFORMED") throw error;
    const shorter = stripEnd(whole, TAIL + EDGES);
    if (shorter === whole) throw error;
    return read(shorter, host);
  }
}

/**
 * A GS1 element string as readers hand it over, as the path of a link: `]Q3` or `]d2` in front or
 * not, values of open length end with GS (0x1D). Null: it is none.
 *
 * @param {string} text
 */
function elementString(text) {
  const raw = text.replace(/^\](?:Q3|d2|C1)/, "");
  const found = /^\x1d?01([0-9]{14})(.*)$/s.exec(raw);
  if (!found || (raw === text && !text.includes("\x1d"))) return null;
  let rest = found[2].replace(/^\x1d/, "");
  /** @type {Map<string, string>} */
  const values = new Map([["01", found[1]]]);
  while (rest) {
    const day = /^(1[1-7])([0-9]{6})\x1d?(.*)$/s.exec(rest);
    const open = /^(10|21|22)([^\x1d]{1,20})\x1d?(.*)$/s.exec(rest);
    const part = day ?? open;
    if (!part) return null;
    if (!day) values.set(part[1], part[2]);
    rest = part[3];
  }
  const parts = ["01", ...ORDER].filter((ai) => values.has(ai));
  return "/" + parts.map((ai) => `${ai}/${encodeURIComponent(values.get(ai) ?? "")}`).join("/");
}

/**
 * @param {string} text
 * @param {string} host
 * @returns {Code}
 */
function read(text, host) {
  const printed = /^\(01\)\s*([0-9]{14})\s*(?:\((10|21)\)\s*([^/?#()]+))?$/.exec(text);
  if (printed) {
    const value = printed[2] ? `/${printed[2]}/${printed[3].trim()}` : "";
    return readGs1(`01/${printed[1]}${value}`);
  }
  const path = split(text, host).replace(/^\//, "").replace(/\/$/, "");
  const slash = path.indexOf("/");
  if (slash >= 0) {
    const first = path.slice(0, slash);
    if (unescape(first) !== "01" && !/^[0-9]{2,4}$/.test(first)) throw new Refused("MALFORMED");
    return readGs1(path);
  }
  const token = strip(unescape(path), EDGES);
  if ([...token].length > 2 * SHORT && /^\p{Nd}+$/u.test(token)) return readOffline(token);
  const canonical = spell(token);
  if (canonical.length !== SHORT) throw new Refused("MALFORMED");
  return { form: "short", canonical };
}

/**
 * Path of *text*, still percent-encoded, once its host is known to be ours or missing.
 *
 * @param {string} text
 * @param {string} host
 */
function split(text, host) {
  const link = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#\\]*)([^]*)$/.exec(text);
  const bare = link ? null : /^([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?::[0-9]+)?)([/?#][^]*)$/.exec(text);
  let given = host;
  let rest = text;
  if (link) {
    const scheme = link[1].toLowerCase();
    if (!DEFAULT_PORTS.has(scheme)) throw new Refused("MALFORMED");
    given = normal(scheme, link[2]);
    rest = link[3];
  } else if (bare) {
    given = normal("https", bare[1]);
    rest = bare[2];
  } else if (text.toLowerCase().startsWith(host + "/")) {
    rest = text.slice(host.length);
  }
  if (given !== host) throw new Refused("FOREIGN_HOST", given.slice(0, 80));
  return rest.split("#", 1)[0].split("?", 1)[0];
}

/**
 * @param {string} scheme
 * @param {string} given
 */
function normal(scheme, given) {
  let lower = /^[\0-\x7f]*$/.test(given) ? given.toLowerCase() : given;
  const port = DEFAULT_PORTS.get(scheme) ?? "";
  if (port && lower.endsWith(port)) lower = lower.slice(0, -port.length);
  return lower.endsWith(".") ? lower.slice(0, -1) : lower;
}

/**
 * @param {string} path
 * @returns {Gs1 | Link}
 */
function readGs1(path) {
  const segments = path.split("/").map(unescape);
  if (segments.length === 4 && segments[2] === "21") {
    const serial = ungroup(segments[3]);
    if (/^[0-9A-TV-Za-tv-z]+$/.test(serial) && serial.length === SERIAL) {
      const link = readLink([segments[0], segments[1], "21", spell(serial)]);
      return { form: "gs1", canonical: link.canonical, gtin: link.gtin };
    }
  }
  return readLink(segments);
}

/**
 * @param {string[]} segments
 * @returns {Link}
 */
function readLink(segments) {
  if (segments[0] !== "01" || segments.length % 2) throw new Refused("MALFORMED");
  /** @type {Map<string, string>} */
  const values = new Map();
  /** @type {string[]} */
  const names = [];
  for (let at = 0; at < segments.length; at += 2) {
    const [ai, value] = [segments[at], segments[at + 1]];
    if (at) names.push(ai);
    values.set(ai, value);
  }
  const ordered = ORDER.filter((ai) => names.includes(ai));
  if (names.join() !== "235" && names.join() !== ordered.join()) throw new Refused("MALFORMED");
  for (const [ai, value] of values) {
    if (!PATH_VALUES.get(ai)?.test(value)) throw new Refused("MALFORMED");
  }
  const gtin = values.get("01") ?? "";
  if (checkDigit(gtin.slice(0, -1)) !== Number(gtin.slice(-1))) throw new Refused("MALFORMED");
  const parts = ["01", gtin];
  for (const ai of [...ORDER, "235"]) {
    const value = values.get(ai);
    if (value !== undefined) parts.push(ai, quote(value));
  }
  return {
    form: "link", canonical: parts.join("/"), gtin,
    lot: values.get("10") ?? null, serial: values.get("21") ?? null,
  };
}

/**
 * As Python's `quote(value, safe="")`: unreserved characters alone stay.
 *
 * @param {string} value
 */
function quote(value) {
  return encodeURIComponent(value).replace(/[!'()*]/g, (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase());
}

/** @param {string} digits */
export function checkDigit(digits) {
  let sum = 0;
  [...digits].reverse().forEach((digit, at) => (sum += Number(digit) * (at % 2 ? 1 : 3)));
  return (10 - (sum % 10)) % 10;
}

/**
 * @param {string} text
 * @returns {Offline}
 */
function readOffline(text) {
  if (!/^[0-9]{193}$/.test(text)) throw new Refused("MALFORMED");
  let number = BigInt(text);
  if (number >> 640n) throw new Refused("MALFORMED");
  const raw = new Uint8Array(80);
  for (let at = 79; at >= 0; at--) {
    raw[at] = Number(number & 255n);
    number >>= 8n;
  }
  const packed = raw.slice(0, 16);
  return { form: "offline", canonical: text, payload: unpack(packed), packed, signature: raw.slice(16) };
}

/**
 * @param {Uint8Array} packed 16 bytes
 * @returns {Payload}
 */
function unpack(packed) {
  let number = 0n;
  for (const byte of packed) number = (number << 8n) | BigInt(byte);
  /**
   * @param {bigint} shift
   * @param {bigint} bits
   */
  const field = (shift, bits) => Number((number >> shift) & ((1n << bits) - 1n));
  const flags = field(0n, 3n);
  const kid = field(112n, 12n);
  if (field(124n, 4n) !== 1 || flags & ~1 || kid < 1) throw new Refused("MALFORMED");
  const reference = field(65n, 47n);
  const day = field(3n, 14n);
  const gtin = flags & 1 ? String(reference).padStart(14, "0") : null;
  if (gtin && (gtin.length > 14 || checkDigit(gtin.slice(0, -1)) !== Number(gtin.slice(-1)))) {
    throw new Refused("MALFORMED");
  }
  return {
    kid, reference, gtin, lot: field(41n, 24n), unit: field(17n, 24n),
    expires: day ? new Date(EPOCH + day * 86_400_000).toISOString().slice(0, 10) : null,
  };
}

/**
 * The canonical spelling: groups joined, upper case, O, I, L as 0, 1, 1.
 *
 * @param {string} text
 */
function spell(text) {
  const joined = ungroup(text);
  if (!/^[0-9A-TV-Za-tv-z]+$/.test(joined)) throw new Refused("MALFORMED");
  return joined.toUpperCase().replace(/O/g, "0").replace(/[IL]/g, "1");
}

/** @param {string} text */
function ungroup(text) {
  return [...text].filter((c) => !SEPARATORS.has(c)).join("");
}

/**
 * Undo percent-encoding once.
 * @param {string} text
 */
function unescape(text) {
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) throw new Refused("MALFORMED");
  const raw = [];
  for (const part of text.split(/(%[0-9A-Fa-f]{2})/)) {
    if (/^%[0-9A-Fa-f]{2}$/.test(part)) raw.push(parseInt(part.slice(1), 16));
    else raw.push(...new TextEncoder().encode(part));
  }
  const decoded = new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(raw));
  if ((text.includes("%") || !printable(text)) && /[\0-\x1f\x7f]/.test(decoded)) {
    throw new Refused("MALFORMED");
  }
  return decoded;
}

/** @param {string} text */
function printable(text) {
  return !/[\p{C}\p{Z}]/u.test(text.replaceAll(" ", ""));
}

/**
 * @param {string} text
 * @param {string} edges
 */
function strip(text, edges) {
  const points = [...text];
  let start = 0;
  while (start < points.length && edges.includes(points[start])) start++;
  return stripEnd(points.slice(start).join(""), edges);
}

/**
 * @param {string} text
 * @param {string} edges
 */
function stripEnd(text, edges) {
  const points = [...text];
  while (points.length && edges.includes(points[points.length - 1])) points.pop();
  return points.join("");
}
