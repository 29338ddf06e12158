// From what a scanner, a chat or a person hands over to a code: labelsvc/codes/forms/uri.py in the browser.
// docs/codes.md is the specification; both sides are tested with the same vectors and mutations.

import { isCarton, readCarton } from "./carton.js";
import { Refused } from "./errors.js";
import { readElements, readLink } from "./gs1.js";
import { isGtin } from "./identifiers.js";
import { EDGES, SPACE, TAIL, decodePercent, spell, strip, stripEnd } from "./spelling.js";
import { barePath, links, unwrapped } from "./wrapping.js";

export { Refused };

/**
 * @typedef {{kid: number, reference: number, gtin: string | null, lot: number, unit: number,
 *   expires: string | null, said: readonly [number, number, number]}} Payload
 *   `said`: reference, expiry and flags as numbers
 * @typedef {{form: "short", canonical: string}} Short
 * @typedef {import("./gs1.js").Gs1} Gs1
 * @typedef {import("./gs1.js").Link} Link
 * @typedef {{form: "offline", canonical: string, payload: Payload, packed: Uint8Array,
 *   signature: Uint8Array}} Offline
 * @typedef {import("./carton.js").Carton} Carton
 * @typedef {Short | Gs1 | Link | Offline | Carton} Code
 */

/** Digits of an offline code. */
export const DIGITS = 193;
const SHORT = 24;
/** Longer than any link of ours with trackers; what is longer is not looked at. */
const LARGEST = 2048;
const OFFLINE = new RegExp(`^[0-9]{${DIGITS}}$`);
const PRINTED = new RegExp(`^\\(01\\)[${SPACE}]*([0-9]{14})[${SPACE}]*\\(21\\)[${SPACE}]*([^/?#()]+)$`);
const TRIM = new RegExp(`^[${SPACE}]+|[${SPACE}]+$`, "g");
const LINK = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#\\]*)([^]*)$/;
const BARE_HOST = /^([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?::[0-9]+)?)([/?#][^]*)$/;
const DEFAULT_PORTS = new Map([["https", ":443"], ["http", ":80"]]);
/** 2020-01-01, day 0 of the expiry field, which means "none". */
const EPOCH = Date.UTC(2020, 0, 1);

/**
 * Read a scanned, pasted or typed *text* as a code of *host*: a link in any spelling, its path, the
 * characters under a symbol, or a GS1 element string (`element` is set then; only a scanner hands
 * those over, the service does not read them).
 *
 * @param {string} text
 * @param {string} host authority in lower case, with a port if it has one
 * @param {readonly string[]} [former] hosts of before, which printed codes lead to
 * @returns {Code}
 * @throws {Refused} its `verdict` is MALFORMED or FOREIGN_HOST
 */
export function parseCode(text, host, former = []) {
  const hosts = [host, ...former];
  if ([...text].length > LARGEST) throw new Refused("MALFORMED");
  const whole = strip(text, EDGES).replace(/[\t\r\n]+/g, " "); // a line that was wrapped is a group
  try {
    return read(whole, hosts);
  } catch (error) {
    if (!(error instanceof Refused) || error.verdict !== "MALFORMED") throw error;
    // The text as it stands comes first: what is dropped here is legal in values of GS1.
    for (const shorter of [stripEnd(whole, TAIL + EDGES), unwrapped(whole)]) {
      const found = shorter === whole ? null : attempt(shorter, hosts);
      if (found) return found;
    }
    const found = links(whole, hosts).map((link) => attempt(link, hosts));
    if (found[0] && found.every((one) => one?.canonical === found[0]?.canonical)) return found[0];
    const element = readElements(text);
    if (element) return element;
    throw error;
  }
}

/**
 * @param {string} text
 * @param {readonly string[]} hosts
 * @returns {Code | null} null: malformed
 */
function attempt(text, hosts) {
  try {
    return read(text, hosts);
  } catch (error) {
    if (error instanceof Refused && error.verdict === "MALFORMED") return null;
    throw error;
  }
}

/**
 * @param {string} text
 * @param {readonly string[]} hosts
 * @returns {Code}
 */
function read(text, hosts) {
  const printed = PRINTED.exec(text);
  if (printed) return readLink(`01/${printed[1]}/21/${printed[2].replace(TRIM, "")}`, "");
  const [whole, query] = split(text, hosts);
  const path = barePath(whole).replace(/^\//, "").replace(/\/$/, "");
  const slash = path.indexOf("/");
  if (slash >= 0) {
    const first = path.slice(0, slash);
    if (decodePercent(first) !== "01" && !/^[0-9]{2,4}$/.test(first)) throw new Refused("MALFORMED");
    return readLink(path, query);
  }
  const token = strip(decodePercent(path.split("&", 1)[0]), EDGES);
  if (OFFLINE.test(token)) return readOffline(token);
  if (isCarton(token)) return readCarton(token);
  const canonical = spell(token);
  if (canonical?.length !== SHORT) throw new Refused("MALFORMED");
  return { form: "short", canonical };
}

/**
 * Path and query of *text*, still percent-encoded, once its host is known to be ours or missing.
 *
 * @param {string} text
 * @param {readonly string[]} hosts
 * @returns {[string, string]}
 */
function split(text, hosts) {
  const link = LINK.exec(text);
  const bare = link ? null : BARE_HOST.exec(text);
  let given = hosts[0];
  let rest = text;
  if (link) {
    const scheme = link[1].toLowerCase();
    if (!DEFAULT_PORTS.has(scheme)) throw new Refused("MALFORMED");
    given = normal(scheme, link[2]);
    rest = link[3];
  } else if (bare) {
    given = normal("https", bare[1]);
    rest = bare[2];
  } else { // a host without a dot: localhost:8000
    const host = hosts.find((name) => text.toLowerCase().startsWith(name + "/"));
    if (host) rest = text.slice(host.length);
  }
  if (!hosts.includes(given)) throw new Refused("FOREIGN_HOST", given.slice(0, 80));
  const [address] = rest.split("#", 1);
  const mark = address.indexOf("?");
  return mark < 0 ? [address, ""] : [address.slice(0, mark), address.slice(mark + 1)];
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
 * @param {string} text 193 digits
 * @returns {Offline}
 */
function readOffline(text) {
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
  if (gtin !== null && !isGtin(gtin)) throw new Refused("MALFORMED");
  return {
    kid, reference, gtin, lot: field(41n, 24n), unit: field(17n, 24n),
    expires: day ? new Date(EPOCH + day * 86_400_000).toISOString().slice(0, 10) : null,
    said: [reference, day, flags],
  };
}
