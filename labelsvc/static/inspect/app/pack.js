// The goods behind the lots, for places without a network: products, producers, stars, dates.

import * as store from "./store.js";

/**
 * @typedef {{made: string, tag: string, contents: {[key: string]: {vi: string, en: string}},
 *   products: {[id: string]: {name: string, producer: string, place: string, stars: number | null,
 *     standing: string, decision: string, until: string | null, contents: string[]}},
 *   lots: {[id: string]: {product: number, code: string, made: string | null, expires: string | null,
 *     declared: number, recalled: string}}}} Pack
 * @typedef {{product: string, producer: string, place: string, lot: string, made: string | null,
 *   expires: string | null, stars: number | null, standing: string, decision: string,
 *   until: string | null, recalled: string}} Known
 */

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
 * What is known of a lot of the offline form.
 *
 * @param {Pack | null} pack
 * @param {number} lot
 * @returns {Known | null}
 */
export function find(pack, lot) {
  const row = pack?.lots[lot];
  const product = row && pack?.products[row.product];
  if (!row || !product) return null;
  return {
    product: product.name, producer: product.producer, place: product.place, lot: row.code,
    made: row.made, expires: row.expires, stars: product.stars, standing: product.standing,
    decision: product.decision, until: product.until, recalled: row.recalled,
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
    until: stars?.valid_to ?? null, recalled: recall?.reason ?? "",
  };
}
