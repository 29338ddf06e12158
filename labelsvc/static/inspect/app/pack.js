// The goods behind the lots, for places without a network: products, producers, stars, dates.

import * as store from "./store.js";

/**
 * @typedef {{name: string, gtin: string | null, producer: string, place: string, stars: number | null,
 *   standing: string, decision: string, until: string | null, contents: string[]}} Product
 * @typedef {{product: number, code: string, made: string | null, expires: string | null,
 *   declared: number, recalled: string}} Lot
 * @typedef {{made: string, tag: string, contents: {[key: string]: {vi: string, en: string}},
 *   products: {[id: string]: Product}, lots: {[id: string]: Lot}}} Pack
 * @typedef {{product: string, producer: string, place: string, lot: string, made: string | null,
 *   expires: string | null, stars: number | null, standing: string, decision: string,
 *   until: string | null, recalled: string, asOf: string | null}} Known
 *   `asOf`: when the pack was made that says so; null: the server said it
 */

/** A pack that is older is shown with its day: stars may have been given or withdrawn since. */
const OLD = 7 * 86_400_000;
const HOUR = 3_600_000;
/** Standings under which stars count. */
const IN_FORCE = new Set(["in_force", "ending_soon", "extended"]);

/** @returns {Promise<Pack | null>} */
export async function load() {
  return (await store.get("pack")) ?? null;
}

/**
 * A newer pack; null where there is none, or nobody is signed in.
 *
 * @param {Pack | null} held
 * @returns {Promise<Pack | null>}
 */
export async function refresh(held) {
  try {
    const answer = await fetch("/inspect/pack.json", {
      headers: held ? { "If-None-Match": held.tag } : {}, cache: "no-store", redirect: "manual",
    });
    if (answer.status === 304 && held) return asGoodAsNew(held);
    if (!answer.ok) return null;
    const found = await answer.json();
    found.tag = answer.headers.get("ETag") ?? "";
    await store.put("pack", found);
    return found;
  } catch {
    return null;
  }
}

/**
 * A pack in which nothing changed since it was made; that is not written down every minute.
 *
 * @param {Pack} held
 */
async function asGoodAsNew(held) {
  const now = new Date();
  if (now.getTime() - new Date(held.made).getTime() < HOUR) return held;
  const found = { ...held, made: now.toISOString() };
  await store.put("pack", found);
  return found;
}

/**
 * What is known of a lot of the offline form.
 *
 * @param {Pack | null} pack
 * @param {number} lot
 * @returns {Known | null}
 */
export function find(pack, lot) {
  const row = pack?.lots[lot];
  const product = row && pack?.products[row.product];
  return pack && product ? known(pack, product, row) : null;
}

/**
 * What is known of the product that a link names, and of its lot where both are known.
 *
 * @param {Pack | null} pack
 * @param {string} gtin
 * @param {string | null} lot
 * @returns {Known | null}
 */
export function findLink(pack, gtin, lot) {
  const [id, product] = Object.entries(pack?.products ?? {}).find(([, one]) => one.gtin === gtin) ?? [];
  if (!pack || !product) return null;
  const row = Object.values(pack.lots).find((one) => one.code === lot && String(one.product) === id);
  return known(pack, product, row ?? null);
}

/**
 * The product of the pack that *goods* names: what must stand on its label.
 *
 * @param {Pack | null} pack
 * @param {Known | null} goods
 * @returns {Product | null}
 */
export function productOf(pack, goods) {
  if (!pack || !goods) return null;
  return Object.values(pack.products).find((one) => one.name === goods.product && one.producer === goods.producer)
    ?? Object.values(pack.products).find((one) => one.name === goods.product) ?? null;
}

/**
 * @param {Pack} pack
 * @param {Product} product
 * @param {Lot | null} row
 * @returns {Known}
 */
function known(pack, product, row) {
  return {
    product: product.name, producer: product.producer, place: product.place, lot: row?.code ?? "",
    made: row?.made ?? null, expires: row?.expires ?? null, stars: product.stars, standing: product.standing,
    decision: product.decision, until: product.until, recalled: row?.recalled ?? "", asOf: pack.made,
  };
}

/**
 * The same out of the server's answer to a code.
 *
 * @param {any} answer
 * @returns {Known | null}
 */
export function ofServer(answer) {
  if (!answer?.product) return null;
  const { product, producer, stars, lot, recall } = answer;
  return {
    product: product.name, producer: producer?.name ?? "", place: producer?.address ?? "",
    lot: lot?.code ?? "", made: lot?.made_on ?? null, expires: lot?.expires_on ?? null,
    stars: stars?.count ?? null, standing: stars?.standing ?? "", decision: stars?.decision_number ?? "",
    until: stars?.valid_to ?? null, recalled: recall?.reason ?? "", asOf: null,
  };
}

/**
 * Stars and standing on *day*, whatever they were when the pack was made.
 *
 * @param {Known} goods
 * @param {string} day yyyy-mm-dd, in Vietnam
 * @returns {{stars: number | null, standing: string}} `standing` "": nothing to say
 */
export function standingOn({ stars, standing, until }, day) {
  if (!IN_FORCE.has(standing)) return { stars: null, standing };
  if (until && until < day) return { stars: null, standing: "expired" };
  return stars ? { stars, standing } : { stars: null, standing: "" };
}

/**
 * Whether what was made *then* must be shown with its day.
 *
 * @param {string} then
 * @param {Date} now
 */
export function isOld(then, now) {
  return now.getTime() - new Date(then).getTime() > OLD;
}
