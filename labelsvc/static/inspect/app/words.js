// The words of the page: they come with the shell, in both languages.

/** @typedef {{[key: string]: string}} Words */
/** @typedef {{tone: string, headline: Words, meaning: Words}} Shown */

const data = JSON.parse(document.querySelector("#words")?.textContent ?? "{}");
/** @type {{[verdict: string]: Shown}} */
export const SHOWN = data.verdicts;
export const HOST = /** @type {string} */ (data.host);
/** Hosts that the service had before. */
export const FORMER = /** @type {string[]} */ (data.former ?? []);
/**
 * Other programmes: their codes are foreign, but known.
 * @type {{host: string, name: string, address: string, contact: string}[]}
 */
export const PARTNERS = data.partners ?? [];
/** No manifest below this version is taken: the newest when the application's files were made. */
export const LOWEST = Number(data.manifest ?? 0);

/** @returns {"vi" | "en"} */
export function language() {
  return localStorage.getItem("inspect-language") === "en" ? "en" : "vi";
}

/** @param {"vi" | "en"} chosen */
export function speak(chosen) {
  localStorage.setItem("inspect-language", chosen);
  document.documentElement.lang = chosen;
  for (const part of document.querySelectorAll("[data-t]")) {
    const key = part.getAttribute("data-t");
    part.textContent = key ? t(key, JSON.parse(part.getAttribute("data-values") ?? "{}")) : "";
  }
  for (const part of document.querySelectorAll("[data-label]")) {
    part.setAttribute("aria-label", t(part.getAttribute("data-label") ?? ""));
  }
}

/**
 * @param {string} key
 * @param {{[name: string]: string | number}} [values] in the places of {name}; a `count` of 1 is told
 *   as one in English, Vietnamese has no plural
 */
export function t(key, values = {}) {
  const words = data.words[key];
  const one = values.count === 1 ? words?.[`${language()}_one`] : undefined;
  const found = one ?? words?.[language()] ?? key;
  return found.replace(/\{(\w+)\}/g, (/** @type {string} */ whole, /** @type {string} */ name) =>
    String(values[name] ?? whole));
}

/**
 * Say something in a part of the page, and in the other language when that is chosen.
 *
 * @param {HTMLElement} part
 * @param {string} key "": nothing
 * @param {{[name: string]: string | number}} [values]
 */
export function say(part, key, values = {}) {
  part.dataset.t = key;
  part.dataset.values = JSON.stringify(values);
  part.textContent = key ? t(key, values) : "";
}

/**
 * How long ago, in the words of the reader.
 *
 * @param {Date} at
 * @param {Date} now
 */
export function ago(at, now) {
  const minutes = Math.max(0, Math.round((now.getTime() - at.getTime()) / 60_000));
  if (minutes < 1) return t("just_now");
  const format = new Intl.RelativeTimeFormat(language(), { numeric: "auto" });
  if (minutes < 90) return format.format(-minutes, "minute");
  if (minutes < 48 * 60) return format.format(-Math.round(minutes / 60), "hour");
  return format.format(-Math.round(minutes / 1440), "day");
}

/** @param {string} day yyyy-mm-dd */
export function shortDay(day) {
  const [year, month, date] = day.split("-");
  return `${date}/${month}/${year}`;
}
