// The card with the verdict: readable at arm's length, then what to compare with the goods.

import { dayInHanoi } from "../verify/verdict.js";
import { mangled } from "../verify/wrapping.js";
import { isOld, standingOn } from "./pack.js";
import { UNPROVEN } from "./verdicts.js";
import { shortened } from "./visit.js";
import { PARTNERS, SHOWN, ago, language, shortDay, t } from "./words.js";

const ICONS = {
  good: "M20 6 9 17l-5-5", bad: "M18 6 6 18M6 6l12 12", caution: "M12 8v5m0 4v.01M12 3 2 21h20z",
  neutral: "M12 11v6m0-10v.01M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20",
};
/** Verdicts on goods that this device should know. */
const ISSUED = new Set(["ISSUED_OK", "ISSUED_OK_STALE", "EXPIRED", "REVOKED", "RECALLED", "DECOMMISSIONED",
  "PARTLY_WITHDRAWN"]);

/** Forms that stand on a label of a run. */
const LABELS = new Set(["short", "lot", "gs1", "offline"]);
/** Forms that no list on this device tells about. */
const SERVER_ONLY = new Set(["short", "lot", "gs1", "link"]);

/** @typedef {import("./visit.js").Entry} Entry */
/** @typedef {[string, string][]} Rows */

/** @type {Entry | null} */
let shown = null;

/** What the card is about; null: nothing, or a problem. */
export function current() {
  return shown;
}

/**
 * Show an entry, and lead the reader there.
 *
 * @param {Entry} entry
 */
export function show(entry) {
  shown = entry;
  const place = draw(entry);
  place.scrollIntoView({ block: "nearest" });
  place.querySelector("h2")?.focus({ preventScroll: true });
}

/** Draw the card anew: more is known, or the language is another one. */
export function redraw() {
  if (!shown) return;
  const read = area().contains(document.activeElement);
  draw(shown);
  if (read) area().querySelector("h2")?.focus({ preventScroll: true });
}

/** Nothing is shown. */
export function clear() {
  shown = null;
  area().replaceChildren();
  area().dataset.verdict = "";
  offerCase(false);
}

/** @param {string} words */
export function showProblem(words) {
  clear();
  area().replaceChildren(element("p", "note caution", words));
}

/**
 * How an entry is called and coloured. While only the server can tell and is being asked, that is said,
 * and there is no verdict yet.
 *
 * @param {Entry} entry
 */
export function called({ verdict, state, host }) {
  if (verdict === "SHORT_CODE_NEEDS_NETWORK" && state === "asking") {
    return { verdict: "", tone: "neutral", headline: t("asking"), meaning: "" };
  }
  if (partnerOf(host)) return { verdict, tone: "caution", headline: t("partner"), meaning: t("partner_known") };
  const { tone, headline, meaning } = SHOWN[verdict] ?? SHOWN.MALFORMED;
  return { verdict, tone, headline: headline[language()], meaning: meaning[language()] };
}

/** @param {string | undefined} host */
function partnerOf(host) {
  return host ? PARTNERS.find((one) => one.host === host) : undefined;
}

/** @param {Entry} entry */
function draw(entry) {
  const { verdict, tone, headline, meaning } = called(entry);
  const card = element("article", `verdict ${tone}`);
  const title = element("h2", "", headline);
  title.tabIndex = -1;
  card.append(icon(tone), title);
  if (meaning) card.append(element("p", "", meaning));
  if (entry.verdict === "MALFORMED" && mangled(entry.code)) card.append(element("p", "", t("typing")));
  const parts = [card];
  if (entry.known?.recalled) parts.push(element("p", "note bad", `${t("recalled")}: ${entry.known.recalled}`));
  if (entry.inside && !entry.inside.length) parts.push(element("p", "note bad", t("carton_stranger")));
  if (entry.items > 1 && entry.verdict === "SHORT_CODE_NEEDS_NETWORK") parts.push(element("p", "note caution", t("twice_open")));
  const rows = element("dl", "facts");
  if (entry.claims) rows.append(element("dt", "", t("claims")), element("dd", "claim", t("claims_lot", { lot: entry.claims })));
  for (const [name, value] of [...goods(entry, tone), ...about(entry)]) {
    rows.append(element("dt", "", name), element("dd", "", value));
  }
  parts.push(rows);
  const place = area();
  place.replaceChildren(...parts);
  place.dataset.verdict = verdict;
  offerCase(true);
  return place;
}

/**
 * @param {Entry} entry
 * @param {string} tone
 * @returns {Rows}
 */
function goods({ known, expires, verdict }, tone) {
  if (UNPROVEN.has(verdict)) return [];
  if (!known) {
    const day = expires ? /** @type {Rows} */ ([[t("expires"), shortDay(expires)]]) : [];
    return ISSUED.has(verdict) ? [[t("product"), t("not_in_pack")], ...day] : day;
  }
  const ends = expires ?? known.expires;
  /** @type {[string, string | null][]} */
  const rows = [
    [t("product"), known.product],
    [t("producer"), [known.producer, known.place].filter(Boolean).join(", ")],
    [t("lot"), known.lot],
    [t("made"), known.made && shortDay(known.made)],
    [t("expires"), ends && shortDay(ends)],
    // The product may deserve its stars; what carries a bad code does not.
    [t("stars"), tone === "bad" ? null : starsOf(known)],
  ];
  return /** @type {Rows} */ (rows.filter(([, value]) => value));
}

/** @param {import("./pack.js").Known} known */
function starsOf(known) {
  const now = new Date();
  const { stars, standing } = standingOn(known, dayInHanoi(now));
  const decision = known.decision.replaceAll("-", "\u2011"); // its number stays on one line
  const until = known.until ? `, ${t("until", { day: shortDay(known.until) })}` : "";
  const words = stars ? `${"★".repeat(stars)} ${decision}${until} (${t(`standing_${standing}`)})`
    : standing ? t(`standing_${standing}`) + (standing === "expired" ? until : "") : t("stars_none");
  const old = known.asOf && isOld(known.asOf, now);
  return old ? `${words} · ${t("as_of", { day: shortDay(dayInHanoi(new Date(known.asOf ?? 0))) })}` : words;
}

/**
 * @param {Entry} entry
 * @returns {Rows}
 */
function about({ code, host, asOf, items, said, saidAt, state, inside, range, verdict, form }) {
  /** @type {Rows} */
  const rows = [];
  const now = new Date();
  if (range && !UNPROVEN.has(verdict)) rows.push([t("carton_labels"), range]);
  if (inside?.length) rows.push([t("carton"), t("carton_number", { number: inside.join(", ") })]);
  const partner = partnerOf(host);
  if (partner) {
    rows.push([t("partner_name"), partner.name]);
    if (partner.address) rows.push([t("partner_address"), partner.address]);
    if (partner.contact) rows.push([t("partner_contact"), partner.contact]);
  }
  if (host) rows.push([t("leads_to"), host]);
  if (items > 1) rows.push([t("seen_here"), t("items", { count: items })]);
  if (form) {
    const list = asOf ? t("list_of", { when: ago(new Date(asOf), now) }) : "";
    const server = said ? t("by_server", { when: ago(new Date(saidAt), now) }) : "";
    const wait = { asking: t("asking"), silent: t("server_silent"), "": "" }[state];
    const checked = [server || (SERVER_ONLY.has(form) ? "" : list), wait].filter(Boolean).join(" · ");
    if (checked) rows.push([t("checked"), checked]);
  }
  rows.push([t("code"), shortened(code)]);
  return rows;
}

/** @param {boolean} shows */
function offerCase(shows) {
  /** @type {HTMLElement} */ (document.getElementById("open-case")).hidden = !shows;
  const issued = shows && shown !== null && LABELS.has(shown.form) && (ISSUED.has(shown.verdict) || SERVER_ONLY.has(shown.form));
  /** @type {HTMLElement} */ (document.getElementById("show-issued")).hidden = !issued;
  /** @type {HTMLElement} */ (document.getElementById("issued-state")).textContent = "";
}

function area() {
  return /** @type {HTMLElement} */ (document.getElementById("result"));
}

/** @param {string} tone */
function icon(tone) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[/** @type {keyof typeof ICONS} */ (tone)] ?? ICONS.neutral);
  svg.append(path);
  return svg;
}

/**
 * @param {string} name
 * @param {string} className
 * @param {string} [text]
 */
export function element(name, className, text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}
