// Where codes were looked at: told to the service when there is a network, each once.

import * as store from "./store.js";
import { UNPROVEN } from "./verdicts.js";
import { PACKS } from "./visit.js";

/**
 * @typedef {{uid: string, code: string, at: string, place: string, latitude?: number, longitude?: number}} Sighting
 */

/** Of one sending. */
const MOST = 100;
let sending = false;

/**
 * Put down the codes of a visit whose place is known and was not put down yet; they outlive the visit.
 *
 * @param {import("./visit.js").Visit} visit
 */
export async function note({ place: { words, ...cell }, entries }) {
  if (!words && cell.latitude === undefined) return;
  const fresh = entries.filter(({ noted, form, verdict }) =>
    !noted && PACKS.has(form) && (!UNPROVEN.has(verdict) || verdict === "SHORT_CODE_NEEDS_NETWORK"));
  if (!fresh.length) return;
  const found = fresh.map(({ uid, code, at }) => ({ uid, code, at, place: words, ...cell }));
  await store.put("sightings", [...(await waiting()), ...found]);
  for (const entry of fresh) entry.noted = true;
}

/** Tell what waits; it is dropped when the service has it. */
export async function send() {
  if (sending || !navigator.onLine) return;
  sending = true;
  try {
    for (let batch = await waiting(); batch.length; batch = await waiting()) {
      const sightings = batch.slice(0, MOST);
      const answer = await fetch("/inspect/sightings", {
        method: "POST", body: JSON.stringify({ sightings }), redirect: "manual",
        headers: { "Content-Type": "application/json", "X-Labelsvc-Inspect": "1" },
      });
      if (answer.status === 409 && (await aside(await answer.json()))) continue;
      if (!answer.ok) break;
      const told = new Set(sightings.map(({ uid }) => uid));
      await store.put("sightings", (await waiting()).filter(({ uid }) => !told.has(uid)));
    }
  } catch {
    // No network after all: they wait.
  } finally {
    sending = false;
  }
}

/**
 * Put the one aside that the service knows with another code: the others are not held up by it.
 *
 * @param {{uid?: string}} said
 * @returns {Promise<boolean>} whether it was among what waits
 */
async function aside({ uid }) {
  const all = await waiting();
  const clashing = all.filter((one) => one.uid === uid);
  if (!clashing.length) return false;
  await store.put("sightings-aside", [...((await store.get("sightings-aside")) ?? []), ...clashing]);
  await store.put("sightings", all.filter((one) => one.uid !== uid));
  return true;
}

/** @returns {Promise<Sighting[]>} */
async function waiting() {
  return (await store.get("sightings")) ?? [];
}
