// The report of the day: the server makes it of this visit and of the cases it has.

import * as outbox from "./outbox.js";
import { asSent } from "./visit.js";
import { say } from "./words.js";

/** @typedef {[key: string, values?: {[name: string]: string}]} Words */

/** @param {() => import("./visit.js").Visit} visit */
export function wire(visit) {
  const [button, state] = ["day-report", "visit-state"].map((id) =>
    /** @type {HTMLElement} */ (document.getElementById(id)));
  button.addEventListener("click", async () => {
    button.setAttribute("aria-busy", "true");
    say(state, "report_busy");
    say(state, ...(await fetchReport(visit()).catch(() => /** @type {Words} */ (["report_no_network"]))));
    button.removeAttribute("aria-busy");
  });
}

/**
 * @param {import("./visit.js").Visit} visit
 * @returns {Promise<Words>} what to say
 */
export async function fetchReport(visit) {
  if (!navigator.onLine) return ["report_no_network"];
  await outbox.send(); // those that wait belong into it
  const answer = await fetch("/inspect/report", {
    method: "POST", body: JSON.stringify(asSent(visit)), redirect: "manual", cache: "no-store",
    headers: { "Content-Type": "application/json", "X-Labelsvc-Inspect": "1" },
  });
  if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) return ["report_sign_in"];
  if (answer.headers.get("Content-Type") !== "application/pdf") {
    const found = await answer.json().catch(() => ({}));
    return ["report_refused", { why: found.message ?? String(answer.status) }];
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1] ?? "bao-cao.pdf";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  return ["report_ready", { name: link.download }];
}
