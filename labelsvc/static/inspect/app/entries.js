// The list of a visit: what was scanned, newest first; a row brings its card back.

import { called, element, show } from "./result.js";
import * as visits from "./visit.js";
import { ago, language, say, t } from "./words.js";

/** Rows that are shown at first, and more each time. */
const STEP = 30;
let most = STEP;

/** @type {(id: string) => HTMLElement} */
const at = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @param {() => visits.Visit} visit */
export function wire(visit) {
  at("visit-more").addEventListener("click", () => {
    const next = at("entries").children.length;
    most += STEP;
    list(visit());
    /** @type {HTMLElement | null} */ (at("entries").children[next]?.firstElementChild)?.focus();
  });
}

/** @param {visits.Visit} visit */
export function list(visit) {
  const count = visit.entries.length;
  at("entries").replaceChildren(...visit.entries.slice(0, most).map(row));
  at("visit-empty").hidden = count > 0;
  at("visit-tools").hidden = count === 0;
  at("visit-more").hidden = count <= most;
  say(at("visit-more"), "visit_more", { count: count - most });
  at("visit-count").textContent = t("visit_count", {
    count, since: new Date(visit.began).toLocaleTimeString(language(), { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
  });
}

/** @param {visits.Entry} entry */
function row(entry) {
  const line = document.createElement("li");
  const { tone, headline } = called(entry);
  const open = element("button", `entry ${tone}`);
  open.setAttribute("type", "button");
  const items = entry.items > 1 ? ` · ${t("items", { count: entry.items })}` : "";
  open.append(
    element("strong", "", visits.goodsOf(entry) || visits.shortened(entry.code)),
    element("span", "", `${headline} · ${ago(new Date(entry.at), new Date())}${items}`),
  );
  open.addEventListener("click", () => show(entry));
  line.append(open);
  return line;
}
