// The same code once more: the same item held up again, or another one?

import { goodsOf } from "./visit.js";
import { ago, t } from "./words.js";

/** Characters of the code that are named: those that tell one label from the next. */
const TAIL = 8;

/** @type {(id: string) => HTMLElement} */
const at = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/**
 * @param {import("./visit.js").Entry} entry
 * @returns {Promise<boolean>} whether it is another item
 */
export function isAnother(entry) {
  const dialog = /** @type {HTMLDialogElement} */ (at("again"));
  at("again-what").textContent = [goodsOf(entry), entry.known?.lot && `${t("lot")} ${entry.known.lot}`,
    `${t("code")} …${entry.code.slice(-TAIL)}`].filter(Boolean).join(" · ");
  at("again-when").textContent = t("again_when", { when: ago(new Date(entry.at), new Date()) });
  dialog.returnValue = "same";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "other"), { once: true });
  });
}
