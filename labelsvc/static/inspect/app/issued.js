// The label of a code as its run printed it, to compare a suspect one with. Needs a network.

import { current, element } from "./result.js";
import { language, say, shortDay, t } from "./words.js";

/** @type {(id: string) => HTMLElement} */
const at = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

export function wire() {
  at("show-issued").addEventListener("click", () => void look());
}

async function look() {
  const entry = current();
  if (!entry) return;
  const [button, state] = [at("show-issued"), at("issued-state")];
  if (!navigator.onLine) return say(state, "issued_network");
  button.setAttribute("aria-busy", "true");
  say(state, "issued_busy");
  try {
    const answer = await fetch("/inspect/issued", {
      method: "POST", body: JSON.stringify({ code: entry.code }), redirect: "manual", cache: "no-store",
      headers: { "Content-Type": "application/json", "X-Labelsvc-Inspect": "1" },
    });
    if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) say(state, "issued_sign_in");
    else if (!answer.ok) say(state, "issued_none");
    else {
      const label = await answer.json();
      say(state, "");
      if (current() === entry) open(label);
    }
  } catch {
    say(state, "issued_network");
  }
  button.removeAttribute("aria-busy");
}

/** @param {{svg: string, printed: string, purpose: string, texts: string[], contents: {vi: string, en: string}[]}} label */
function open(label) {
  const picture = /** @type {HTMLImageElement} */ (at("issued-label"));
  URL.revokeObjectURL(picture.src);
  // An image runs no script, whatever stands in it.
  picture.src = URL.createObjectURL(new Blob([label.svg], { type: "image/svg+xml" }));
  picture.alt = label.texts.join(". ");
  at("issued-when").textContent = t("issued_on", { day: shortDay(label.printed) });
  at("issued-seal").hidden = label.purpose === "full_label";
  at("issued-contents").replaceChildren(...label.contents.map((one) => element("li", "", one[language()])));
  /** @type {HTMLDialogElement} */ (at("issued")).showModal();
}
