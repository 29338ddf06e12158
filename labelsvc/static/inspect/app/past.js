// Earlier visits: kept on this device when the next one begins, each with its report and its table.

import { fetchReport } from "./report.js";
import { called, element } from "./result.js";
import * as store from "./store.js";
import { asCsv } from "./visit.js";
import { say, shortDay, t } from "./words.js";

/** @typedef {import("./visit.js").Visit} Visit */

/** Visits that are kept, and milliseconds after which one is dropped. */
const MOST = 40;
const AGE = 60 * 86_400_000;

/** @returns {Promise<Visit[]>} newest first */
async function kept() {
  const visits = /** @type {Visit[]} */ ((await store.get("past")) ?? []);
  return visits.filter((one) => Date.now() - Date.parse(one.began) < AGE).slice(0, MOST);
}

/**
 * Put a visit aside. One in which nothing was looked at is not worth it.
 *
 * @param {Visit} visit
 */
export async function keep(visit) {
  if (visit.entries.length) await store.put("past", [visit, ...(await kept())].slice(0, MOST));
  await list();
}

/** Bring the list up to what is kept. */
export async function list() {
  const visits = await kept();
  const place = /** @type {HTMLElement} */ (document.getElementById("past"));
  place.replaceChildren(...visits.map(row));
  /** @type {HTMLElement} */ (document.getElementById("past-empty")).hidden = visits.length > 0;
}

/** @param {Visit} visit */
function row(visit) {
  const line = document.createElement("li");
  const bad = visit.entries.filter((entry) => !["good", "neutral"].includes(called(entry).tone)).length;
  const began = new Date(visit.began);
  const day = shortDay(`${began.getFullYear()}-${String(began.getMonth() + 1).padStart(2, "0")}-${String(began.getDate()).padStart(2, "0")}`);
  const tools = element("div", "row");
  const state = element("p", "soft");
  state.setAttribute("role", "status");
  const report = button("day_report", async () => {
    report.setAttribute("aria-busy", "true");
    say(state, "report_busy");
    say(state, ...(await fetchReport(visit).catch(() => /** @type {import("./report.js").Words} */ (["report_no_network"]))));
    report.removeAttribute("aria-busy");
  });
  tools.append(report, button("save_visit", () => saveCsv(visit)));
  line.append(
    element("strong", "", [day, visit.place.words].filter(Boolean).join(" · ")),
    element("span", "soft", ` ${t("past_count", { count: visit.entries.length, bad })}`),
    tools,
    state,
  );
  return line;
}

/**
 * @param {string} key
 * @param {() => void} act
 */
function button(key, act) {
  const made = element("button", "button slim", t(key));
  made.setAttribute("type", "button");
  made.addEventListener("click", act);
  return made;
}

/** @param {Visit} visit */
export function saveCsv(visit) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([asCsv(visit)], { type: "text/csv" }));
  link.download = `kiem-tra-${visit.began.slice(0, 10)}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
