// The report of the day: the server makes it of this visit and of the cases it has.

import * as cases from "./cases.js";
import { t } from "./words.js";

/** @param {() => import("./visit.js").Visit} visit */
export function wire(visit) {
  const button = /** @type {HTMLElement} */ (document.getElementById("day-report"));
  button.addEventListener("click", async () => {
    button.setAttribute("aria-busy", "true");
    say(t("report_busy"));
    say(await fetchReport(visit()).catch(() => t("report_no_network")));
    button.removeAttribute("aria-busy");
  });
}

/**
 * @param {import("./visit.js").Visit} visit
 * @returns {Promise<string>} what to say
 */
async function fetchReport(visit) {
  if (!navigator.onLine) return t("report_no_network");
  await cases.send(); // those that wait belong into it
  const answer = await fetch("/inspect/report", {
    method: "POST", body: JSON.stringify(visit), redirect: "manual", cache: "no-store",
    headers: { "Content-Type": "application/json", "X-Labelsvc-Inspect": "1" },
  });
  if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) {
    return t("report_sign_in");
  }
  if (answer.headers.get("Content-Type") !== "application/pdf") {
    const found = await answer.json().catch(() => ({}));
    return t("report_refused", { why: found.message ?? String(answer.status) });
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1] ?? "bao-cao.pdf";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  return t("report_ready", { name: link.download });
}

/** @param {string} words */
function say(words) {
  /** @type {HTMLElement} */ (document.getElementById("visit-state")).textContent = words;
}
