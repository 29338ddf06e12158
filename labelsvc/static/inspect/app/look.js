// Looking at one code: what this device knows of it at once, and what the server says when it can.

import { Refused } from "../verify/errors.js";
import { parseCode } from "../verify/parse.js";
import { explain } from "../verify/verdict.js";
import * as carton from "./carton.js";
import * as pack from "./pack.js";
import { note } from "./trust.js";
import { ON_GOODS, OPEN, UNPROVEN, worse } from "./verdicts.js";
import { blank, keyOf } from "./visit.js";
import { FORMER, HOST, language } from "./words.js";

/**
 * @typedef {import("./visit.js").Entry} Entry
 * @typedef {{trust: import("../verify/verdict.js").Trust | null, goods: pack.Pack | null}} Held
 */

/** Characters of what is no code of ours, as far as they are kept. */
const LONGEST = 300;
const PATIENCE = 8000;

/**
 * A code as it was scanned or typed, judged with what is on this device.
 *
 * @param {string} text
 * @param {Held} held
 * @returns {Promise<Entry>}
 */
export async function look(text, held) {
  try {
    const code = parseCode(text, HOST, formerOf(held));
    const entry = { ...blank(code.canonical), form: code.form };
    await judge(entry, held);
    if (ON_GOODS.has(entry.own)) entry.key = keyOf(code); // a forged label must not blame a genuine one
    return entry;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { verdict, host = "" } = error;
    return { ...blank(text.slice(0, LONGEST)), verdict, own: verdict, host };
  }
}

/**
 * Hosts of before, which the shell knows and the manifest, whichever is newer.
 *
 * @param {Held} held
 */
function formerOf({ trust }) {
  return [...FORMER, ...(trust?.manifest.hosts ?? []).map(({ name }) => name)];
}

/**
 * Judge an entry with what is on this device now; what the server said of it stays.
 *
 * @param {Entry} entry
 * @param {Held} held
 * @param {Date} [now]
 */
export async function judge(entry, { trust, goods }, now = new Date()) {
  if (!entry.form) return;
  const code = parseCode(entry.code, HOST, FORMER);
  const payload = "payload" in code ? code.payload : null;
  const known = payload ? pack.find(goods, payload.lot)
    : code.form === "link" ? pack.findLink(goods, code.gtin, code.lot) : null;
  entry.own = trust ? (await explain(code, { ...trust, now })).verdict : unheld(code.form);
  if (trust) await note(trust, now);
  // A list names the units of a recalled lot as withdrawn ones, all of them; the goods tell why.
  const whole = trust?.lists.some((list) => list.purpose === "withdrawn" && list.kid === payload?.kid
    && list.listed.get(payload?.lot ?? -1) === null);
  const recalled = ON_GOODS.has(entry.own) || (entry.own === "REVOKED" && whole);
  if (known?.recalled && !UNPROVEN.has(entry.own) && recalled) entry.own = "RECALLED";
  entry.asOf = trust?.head?.issued.toISOString() ?? null;
  entry.expires = payload?.expires ?? null;
  entry.range = code.form === "carton" ? carton.range(code.payload) : "";
  if (entry.known?.asOf !== null) entry.known = known; // the server's own words stay
  entry.claims = payload ? known?.lot ?? String(payload.lot) : "";
  settle(entry);
}

/**
 * The verdict on a form before the first contact with the service.
 *
 * @param {string} form
 */
function unheld(form) {
  if (form === "link") return "LINK_ONLY";
  return form === "offline" || form === "carton" ? "UNKNOWN_KEY" : "SHORT_CODE_NEEDS_NETWORK";
}

/**
 * Take the server's answer on; the worse word wins.
 *
 * @param {Entry} entry
 * @param {any} answer
 */
export function hear(entry, answer) {
  entry.said = answer.verdict;
  entry.saidAt = new Date().toISOString();
  entry.known = pack.ofServer(answer) ?? entry.known;
  if (answer.code?.form === "lot") Object.assign(entry, { form: "lot", key: null, items: 1 }); // on every label
  settle(entry);
}

/**
 * What counts, of all that is known of an entry.
 *
 * @param {Entry} entry
 */
export function settle(entry) {
  const verdict = worse(entry.own, entry.said);
  entry.verdict = entry.items > 1 && ON_GOODS.has(verdict) && !isMaybeLot(entry) ? "DUPLICATE_HERE" : verdict;
  // What an unproven code names is not what it is on.
  if (UNPROVEN.has(verdict)) entry.known = null;
  else entry.claims = "";
}

/**
 * Whether it may be the code of a whole lot, which many items carry: only the server can tell.
 *
 * @param {Entry} entry
 */
export function isMaybeLot({ form, said }) {
  return form === "short" && !said;
}

/**
 * Whether only the server can say more of it.
 *
 * @param {Entry} entry
 */
export function isOpen(entry) {
  return entry.form !== "" && !entry.said && OPEN.has(entry.own);
}

/**
 * The server's own words on a code: to an inspector, who is no visitor of a label; where nobody is signed
 * in, as to everybody. Null without a network.
 *
 * @param {string} code canonical
 * @returns {Promise<any>}
 */
export async function ask(code) {
  const signal = /** @type {any} */ (AbortSignal).timeout(PATIENCE);
  try {
    return (await verdictOf(fetch(`/inspect/verdict?lang=${language()}`, {
      method: "POST", body: JSON.stringify({ code }), redirect: "manual", cache: "no-store", signal,
      headers: { "Content-Type": "application/json", "X-Labelsvc-Inspect": "1" },
    }))) ?? (await verdictOf(fetch(`/${code}?lang=${language()}`, {
      headers: { Accept: "application/json" }, cache: "no-store", credentials: "omit", signal,
    })));
  } catch {
    return null;
  }
}

/** @param {Promise<Response>} asked */
async function verdictOf(asked) {
  const answer = await asked;
  if (!answer.headers.get("Content-Type")?.startsWith("application/json")) return null;
  const found = await answer.json();
  return found.verdict ? found : null;
}
