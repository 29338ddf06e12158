// Who is signed in on this device, and signing out, which clears it.

import * as store from "./store.js";
import { t } from "./words.js";

/** @type {(id: string) => HTMLElement} */
const at = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** The name, "" where nobody is signed in. Kept for the hours without a network. */
let name = "";

/** Ask the server. Without a network the name that was known stays. */
export async function ask() {
  name = (await store.get("person")) ?? "";
  await show();
  try {
    const answer = await fetch("/inspect/who", { cache: "no-store", redirect: "manual", headers: { Accept: "application/json" } });
    if (answer.ok && answer.headers.get("Content-Type")?.startsWith("application/json")) name = (await answer.json()).name;
    else if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) name = "";
  } catch {
    return; // no network
  }
  await store.put("person", name);
  await show();
}

export async function show() {
  at("person").textContent = name || t("nobody");
  at("person").className = name ? "" : "caution";
  at("leave").hidden = !name;
  at("sign-in").hidden = Boolean(name);
}

/** @param {() => void} before what has to stop first */
export function wire(before) {
  at("leave").addEventListener("click", async () => {
    if (!confirm(t("leave_sure"))) return;
    before();
    try {
      const answer = await fetch("/inspect/leave", {
        method: "POST", body: "{}", headers: { "Content-Type": "application/json", "X-Labelsvc-Inspect": "1" },
      });
      if (!answer.ok && answer.status !== 401) throw new Error(String(answer.status));
    } catch {
      at("person").textContent = t("leave_failed");
      return;
    }
    await store.clear().catch(() => undefined); // the answer may have cleared it already
    location.assign("/account/sign-in?next=/inspect/");
  });
}
