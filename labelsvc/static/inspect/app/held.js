// What is held on this device to judge by, how old it is, and bringing it up to date.

import * as pack from "./pack.js";
import * as store from "./store.js";
import * as trusts from "./trust.js";
import { ago, shortDay, t } from "./words.js";

/** @type {import("./look.js").Held} */
export const held = { trust: null, goods: null };

/** What was fetched earlier is not asked for again before a verdict. */
const FRESH = 3 * 60_000;
/** When the service was reached last. */
let reached = 0;

/** @type {(id: string) => HTMLElement} */
const at = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

export async function load() {
  try {
    held.trust = await trusts.load();
  } catch {
    await store.put("trust", undefined); // spoiled on the device: fetched anew
  }
  held.goods = await pack.load();
  ages();
}

/** Whether keys and lists were compared with the service's a short while ago. */
export function isFresh() {
  return Date.now() - reached < FRESH;
}

/**
 * Fetch what is newer. Without a network nothing happens, and the ages say so.
 *
 * @returns {Promise<boolean>} whether codes may be judged otherwise now
 */
export async function refresh() {
  const before = { ...held };
  at("update").setAttribute("aria-busy", "true");
  try {
    held.trust = await trusts.refresh(held.trust);
    reached = Date.now();
    at("trust-problem").hidden = true;
  } catch (error) {
    const code = /** @type {any} */ (error)?.code;
    if (code && navigator.onLine) {
      at("trust-problem").hidden = false;
      at("trust-problem").textContent = t(`trust_${code}`);
    }
  }
  held.goods = (await pack.refresh(held.goods)) ?? held.goods;
  at("update").removeAttribute("aria-busy");
  ages();
  return held.goods?.tag !== before.goods?.tag || held.trust?.manifest.version !== before.trust?.manifest.version
    || held.trust?.head?.issued.getTime() !== before.trust?.head?.issued.getTime();
}

/** How old keys, lists and goods on this device are. */
export function ages() {
  const now = new Date();
  const { trust, goods } = held;
  const head = trust?.head;
  at("age-list").textContent = head ? ago(head.issued, now) : t("none_yet");
  at("age-list").className = head && now <= head.expires ? "good" : "caution";
  at("age-keys").textContent = trust
    ? t("version_until", { version: trust.manifest.version, day: shortDay(trust.manifest.expires.toISOString().slice(0, 10)) })
    : t("none_yet");
  at("age-keys").className = trust && now <= trust.manifest.expires ? "good" : "caution";
  at("age-goods").textContent = goods
    ? t("lots_since", { count: Object.keys(goods.lots).length, when: ago(new Date(goods.made), now) })
    : t("no_goods");
  at("age-goods").className = goods && !pack.isOld(goods.made, now) ? "good" : "caution";
  at("network").textContent = t(navigator.onLine ? "online" : "offline");
  at("network").className = navigator.onLine ? "good" : "caution";
}
