// What is known of a code without a network: docs/trust.md, section 4, in that order.

import { concat, utf8 } from "./bytes.js";
import * as carton from "./carton.js";
import { verify } from "./ed25519.js";
import { Refused } from "./errors.js";
import { lineOf } from "./head.js";
import { ISSUED, NAMING } from "./lines.js";
import { hostsOf } from "./manifest.js";
import { logged } from "./units.js";

/**
 * @typedef {{manifest: import("./manifest.js").Manifest,
 *   head: import("./head.js").Head | null,
 *   lists: import("./status.js").StatusList[], latest?: Date | null}} Trust
 *   `latest`: the latest moment that this device ever saw
 * @typedef {"manifest" | "head" | "update" | "clock" | "list" | "lot"} Stale why an answer is "as of": the
 *   manifest or the head is past its end, the head names a newer manifest or none, the clock is before what was
 *   signed or seen, there is no list that the head names, or the list is older than the lot
 * @typedef {{payload: import("./parse.js").Payload | null, keyState: string | null,
 *   listed: string[], seen: boolean, stale: Stale[], asOf: Date | null}} Facts
 *   `asOf` is when the head was signed; null: there is none
 */

/** Clocks of service and device may differ by five minutes. */
const SLACK = 5 * 60_000;

/**
 * The verdict, and what it rests on as far as it was looked at.
 *
 * @param {import("./parse.js").Code | Refused} code
 * @param {Trust & {now: Date, seen?: boolean}} known `seen`: the same unit stands on another item of
 *   this visit
 * @returns {Promise<{verdict: string, facts: Facts}>}
 */
export async function explain(code, { manifest, head, lists, now, latest = null, seen = false }) {
  /** @type {Facts} */
  const facts = {
    payload: null, keyState: null, listed: [], seen, stale: [], asOf: head?.issued ?? null,
  };
  /** @param {string} verdict */
  const answer = (verdict) => ({ verdict, facts });
  if (code instanceof Refused) return answer(code.verdict);
  if (code.form === "link") return answer("LINK_ONLY");
  if (code.form === "carton") {
    const key = manifest.keys.get(code.payload.kid);
    facts.keyState = key?.state ?? null;
    facts.stale = ends(manifest, head, now, latest);
    const told = head?.states.get(code.payload.kid);
    return answer(await ofCarton(code, key, hostsOf(manifest, code.payload.kid), { told, now, stale: facts.stale.length > 0 }));
  }
  if (code.form !== "offline") return answer("SHORT_CODE_NEEDS_NETWORK");
  const { payload } = code;
  facts.payload = payload;
  const key = manifest.keys.get(payload.kid);
  if (!key) return answer("UNKNOWN_KEY");
  const messages = hostsOf(manifest, payload.kid).map((host) => concat(utf8(`ocop-qr-v1\0${host}\0`), code.packed));
  if (!(await isSigned(key.publicKey, messages, code.signature))) return answer("BAD_SIGNATURE");
  facts.keyState = key.state;
  const told = head?.states.get(payload.kid);
  const ended = endOf(key.state, told);
  if (ended) return answer(ended);
  const believed = key.state === "frozen" ? await logged(key, payload) : true;
  if (believed === false) return answer("FROZEN_KEY_OUTSIDE_RANGE");
  const own = lists.filter((list) => list.host === manifest.host && list.kid === payload.kid);
  facts.listed = NAMING.filter((purpose) =>
    own.some((list) => list.purpose === purpose && list.has(payload.lot, payload.unit)));
  facts.stale = [...new Set([...ends(manifest, head, now, latest), ...unlisted(head, own, payload)])];
  if (facts.listed.includes("withdrawn")) return answer("REVOKED");
  if (seen) return answer("DUPLICATE_HERE");
  if (facts.listed.includes("sold")) return answer("DECOMMISSIONED");
  if (payload.expires && payload.expires < dayInHanoi(now)) return answer("EXPIRED");
  if (believed === null || (told === "frozen" && key.state !== "frozen")) return answer("SHORT_CODE_NEEDS_NETWORK"); // only the service can compare it
  if (facts.stale.length || !head || !lineOf(head, payload.kid, ISSUED)) {
    return answer(facts.stale.length ? "ISSUED_OK_STALE" : "ISSUED_OK");
  }
  const [was, may] = newest(head, own, payload.kid, ISSUED)[0].ends(payload.lot, payload.unit);
  if (was) return answer("ISSUED_OK");
  if (may) facts.stale.push("lot");
  return answer(may ? "ISSUED_OK_STALE" : "NOT_ISSUED");
}

/**
 * The verdict on a carton: the lists name units and say nothing of it.
 *
 * @param {import("./parse.js").Carton} code
 * @param {import("./manifest.js").Key | undefined} key
 * @param {string[]} hosts
 * @param {{told: string | undefined, now: Date, stale: boolean}} known `told`: what the head calls the key
 */
async function ofCarton(code, key, hosts, { told, now, stale }) {
  if (!key) return "UNKNOWN_KEY";
  const messages = hosts.map((host) => carton.message(host, code));
  if (!(await isSigned(key.publicKey, messages, code.signature))) return "BAD_SIGNATURE";
  const ended = endOf(key.state, told);
  if (ended) return ended;
  // Only the service can compare the units with its register.
  if (key.state === "frozen") return "SHORT_CODE_NEEDS_NETWORK";
  if (code.payload.expires && code.payload.expires < dayInHanoi(now)) return "EXPIRED";
  if (told === "frozen") return "SHORT_CODE_NEEDS_NETWORK";
  return stale ? "ISSUED_OK_STALE" : "ISSUED_OK";
}

/**
 * Whether a key signed one of *messages*: one text under each host that the code may have been printed under.
 *
 * @param {Uint8Array} publicKey
 * @param {Uint8Array[]} messages
 * @param {Uint8Array} signature
 */
async function isSigned(publicKey, messages, signature) {
  for (const message of messages) if (await verify(publicKey, message, signature)) return true;
  return false;
}

/**
 * The verdict alone.
 *
 * @param {import("./parse.js").Code} code
 * @param {Trust} trust
 * @param {Date} now
 * @param {boolean} [seen] the same unit stands on another item of this visit
 * @returns {Promise<string>} the machine word
 */
export async function judge(code, trust, now, seen = false) {
  return (await explain(code, { ...trust, now, seen })).verdict;
}

/**
 * What is said of the codes of a key that verifies nothing; "" for another. The key of heads may take trust away
 * and give none, so the worse state rules.
 *
 * @param {string} state in the manifest
 * @param {string | undefined} told in the head
 */
function endOf(state, told) {
  if (state === "revoked" || told === "revoked") return "FROZEN_KEY_OUTSIDE_RANGE";
  return state === "next" || told === "next" ? "UNKNOWN_KEY" : "";
}

/**
 * @param {import("./head.js").Head | null} head
 * @param {import("./status.js").StatusList[]} own lists of the key
 * @param {import("./parse.js").Payload} payload
 */
function unlisted(head, own, payload) {
  /** @type {Set<Stale>} */
  const found = new Set();
  const tells = head && lineOf(head, payload.kid, ISSUED);
  for (const purpose of tells ? [...NAMING, ISSUED] : NAMING) {
    const lists = newest(head, own, payload.kid, purpose);
    if (!lists.length) found.add("list");
    else if (!lists.some((list) => list.covers(payload.lot))) found.add("lot");
  }
  return [...found];
}

/**
 * Lists that are what the head names, or newer: full ones, or such that deltas were added to. Nothing of them is
 * missing up to their number.
 *
 * @param {import("./head.js").Head | null} head
 * @param {import("./status.js").StatusList[]} own lists of the key
 * @param {number} kid
 * @param {string} purpose
 */
function newest(head, own, kid, purpose) {
  const line = head && lineOf(head, kid, purpose);
  return own.filter((list) => list.purpose === purpose && list.base === 0 && line && list.number >= line.number);
}

/**
 * @param {import("./manifest.js").Manifest} manifest
 * @param {import("./head.js").Head | null} head
 * @param {Date} now
 * @param {Date | null} latest
 * @returns {Stale[]}
 */
function ends(manifest, head, now, latest) {
  /** @type {Stale[]} */
  const found = now > manifest.expires ? ["manifest"] : [];
  if (!head || now > head.expires) found.push("head");
  if (head && (head.manifest === null || head.manifest > manifest.version)) found.push("update");
  const earliest = Math.max(Number(manifest.issued), Number(head?.issued ?? 0), Number(latest ?? 0)) - SLACK;
  return Number(now) < earliest ? [...found, "clock"] : found;
}

/**
 * Expiry dates are days in Vietnam, which has had UTC+7 all year since 1975.
 *
 * @param {Date} now
 */
export function dayInHanoi(now) {
  return new Date(now.getTime() + 7 * 3_600_000).toISOString().slice(0, 10);
}
