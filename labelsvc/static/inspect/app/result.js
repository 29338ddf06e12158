// The card with the verdict: readable at arm's length, then what to compare with the goods.

import { SHOWN, ago, language, shortDay, t } from "./words.js";

const ICONS = {
  good: "M20 6 9 17l-5-5", bad: "M18 6 6 18M6 6l12 12", caution: "M12 8v5m0 4v.01M12 3 2 21h20z",
  neutral: "M12 11v6m0-10v.01M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20",
};

/**
 * @typedef {{verdict: string, code: string, host?: string, known?: import("./pack.js").Known | null,
 *   expires?: string | null, head?: import("../verify/status.js").Head | null,
 *   before?: import("./visit.js").Entry, server?: boolean, inside?: number[] | null, carton?: string | null}} Result
 *   `inside`: numbers of the pack in the open carton; `carton`: which labels belong into this one
 */

/** @param {Result} result */
export function show(result) {
  const shown = SHOWN[result.verdict] ?? SHOWN.MALFORMED;
  const card = element("article", `verdict ${shown.tone}`);
  const title = element("h2", "", shown.headline[language()]);
  title.tabIndex = -1;
  card.append(icon(shown.tone), title, element("p", "", shown.meaning[language()]));
  const parts = [card];
  if (result.known?.recalled && result.verdict !== "RECALLED") {
    parts.push(element("p", "note bad", `${t("recalled")}: ${result.known.recalled}`));
  }
  if (result.inside && !result.inside.length) parts.push(element("p", "note bad", t("carton_stranger")));
  const facts = [...goods(result), ...about(result)];
  if (facts.length) {
    const rows = element("dl", "facts");
    for (const [name, value] of facts) rows.append(element("dt", "", name), element("dd", "", value));
    parts.push(rows);
  }
  const place = /** @type {HTMLElement} */ (document.getElementById("result"));
  place.replaceChildren(...parts);
  place.dataset.verdict = result.verdict;
  place.scrollIntoView({ block: "nearest" });
  title.focus({ preventScroll: true });
}

/** @param {string} words */
export function showProblem(words) {
  const place = /** @type {HTMLElement} */ (document.getElementById("result"));
  place.replaceChildren(element("p", "note caution", words));
  place.dataset.verdict = "";
}

/**
 * @param {Result} result
 * @returns {[string, string][]}
 */
function goods({ known, expires, verdict }) {
  if (!known) {
    const day = expires ? /** @type {[string, string][]} */ ([[t("expires"), shortDay(expires)]]) : [];
    const issued = ["ISSUED_OK", "ISSUED_OK_STALE", "EXPIRED", "REVOKED", "DECOMMISSIONED"];
    return issued.includes(verdict) ? [[t("product"), t("not_in_pack")], ...day] : day;
  }
  /** @type {[string, string | null][]} */
  const rows = [
    [t("product"), known.product],
    [t("producer"), [known.producer, known.place].filter(Boolean).join(", ")],
    [t("lot"), known.lot],
    [t("made"), known.made && shortDay(known.made)],
    [t("expires"), (expires ?? known.expires) && shortDay(/** @type {string} */ (expires ?? known.expires))],
    [t("stars"), starsOf(known)],
  ];
  return /** @type {[string, string][]} */ (rows.filter(([, value]) => value));
}

/** @param {import("./pack.js").Known} known */
function starsOf(known) {
  if (!known.stars) return known.standing ? t(`standing_${known.standing}`) : t("stars_none");
  const until = known.until ? `, ${t("until", { day: shortDay(known.until) })}` : "";
  return `${"★".repeat(known.stars)} ${known.decision}${until} (${t(`standing_${known.standing}`)})`;
}

/**
 * @param {Result} result
 * @returns {[string, string][]}
 */
function about({ code, host, head, before, server, inside, carton }) {
  /** @type {[string, string][]} */
  const rows = [];
  if (carton) rows.push([t("carton_labels"), carton]);
  if (inside?.length) rows.push([t("carton"), t("carton_number", { number: inside.join(", ") })]);
  if (host) rows.push([t("leads_to"), host]);
  if (before) rows.push([t("seen_here"), t("items", { count: before.items })]);
  if (server) rows.push([t("checked"), t("by_server")]);
  else if (head) rows.push([t("checked"), t("list_of", { when: ago(head.issued, new Date()) })]);
  rows.push([t("code"), code.length > 60 ? `${code.slice(0, 28)}…${code.slice(-12)}` : code]);
  return rows;
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
function element(name, className, text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}
