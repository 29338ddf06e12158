// Cases that wait for the server: sent once, known by their own number, and dropped only by their owner.

import { element } from "./result.js";
import * as store from "./store.js";
import { ago, say, t } from "./words.js";

/**
 * @typedef {{uid: string, data: string}} Photo
 * @typedef {{uid: string, at: string, code: string, verdict: string, items: number, place: string,
 *   latitude?: number, longitude?: number, sighting?: string, note: string, missing: string[], photos: Photo[]}} Case
 * @typedef {{sent: Case, title: string, refused: string, taken?: boolean}} Waiting
 *   `refused`: why the server does not take it, in its own words; "" until it was asked
 *   `taken`: the server has a case of this number that says something else, or that somebody else sent
 */

/** Answers that mean "later", not "never": another hand, or too many at once. */
const LATER = new Set([408, 425, 429]);
/** The answer that never changes for this number: what is kept under it does not. */
const TAKEN = 409;
/** @type {Promise<void> | null} */
let sending = null;

/** @type {(id: string) => HTMLElement} */
const at = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @returns {Promise<Waiting[]>} */
async function waiting() {
  const kept = (await store.get("cases")) ?? [];
  // An older version of the application kept the bare cases.
  return kept.map((/** @type {any} */ one) => (one.sent ? one : { sent: one, title: one.code.slice(0, 40), refused: "" }));
}

/**
 * Keep a case, and send it if that can be.
 *
 * @param {Case} made
 * @param {string} title
 */
export async function add(made, title) {
  await store.put("cases", [...(await waiting()), { sent: made, title, refused: "" }]);
  say(at("case-told"), "case_kept");
  await sending; // what is under way does not know of it
  await send();
}

/** Send what waits, oldest first; who asks meanwhile waits for the end of it. */
export function send() {
  sending ??= deliver().finally(() => (sending = null));
  return sending;
}

/** One that is refused stays with the reason, and the next one goes. */
async function deliver() {
  if (navigator.onLine) {
    for (const one of await waiting()) {
      if (!one.refused && !(await post(one))) break;
    }
  }
  await show();
}

/**
 * @param {Waiting} one
 * @returns {Promise<boolean>} whether the next one may be tried
 */
async function post(one) {
  const answer = await fetch("/inspect/sync", {
    method: "POST", body: JSON.stringify(one.sent), redirect: "manual",
    headers: { "Content-Type": "application/json", "X-Labelsvc-Inspect": "1" },
  }).catch(() => null);
  if (!answer) return false;
  if (answer.status === 401 || answer.status === 403) {
    say(at("case-told"), "case_sign_in");
    return false;
  }
  if (answer.status >= 500 || LATER.has(answer.status)) return false;
  const found = await answer.json().catch(() => ({}));
  if (answer.ok) {
    await change(one.sent.uid, () => null);
    say(at("case-told"), "case_sent", { number: found.case });
  } else {
    const refused = found.message ?? String(answer.status);
    await change(one.sent.uid, (kept) => ({ ...kept, refused, taken: answer.status === TAKEN }));
    say(at("case-told"), "");
  }
  return true;
}

/**
 * @param {string} uid
 * @param {(kept: Waiting) => Waiting | null} how null: it goes
 */
async function change(uid, how) {
  const kept = (await waiting()).map((one) => (one.sent.uid === uid ? how(one) : one));
  await store.put("cases", kept.filter((one) => one !== null));
}

/** Draw what waits, also in the other language. */
export async function show() {
  const kept = await waiting();
  const refused = kept.filter((one) => one.refused).length;
  const count = kept.length - refused;
  say(at("case-count"), count ? "cases_waiting" : "", { count });
  say(at("case-refused"), refused ? "cases_refused" : "", { count: refused });
  at("cases").replaceChildren(...kept.map(row));
}

/** @param {Waiting} one */
function row({ sent, title, refused, taken }) {
  const line = element("li", refused ? "waiting refused" : "waiting");
  line.append(element("strong", "", title), element("span", "soft", ago(new Date(sent.at), new Date())));
  if (refused) line.append(element("p", "", t("case_refused", { why: refused })));
  const buttons = element("div", "row");
  /**
   * @param {string} key
   * @param {() => Promise<void>} act
   */
  const button = (key, act) => {
    const made = element("button", "button slim", t(key));
    made.setAttribute("type", "button");
    made.addEventListener("click", () => void act());
    buttons.append(made);
  };
  if (refused && taken) {
    button("case_as_new", () => anew(sent));
  } else if (refused) {
    button("case_retry", () => again(sent.uid, sent.photos));
    if (sent.photos.length) button("case_without_photos", () => again(sent.uid, []));
  }
  button("case_drop", async () => {
    if (!confirm(t("case_drop_sure"))) return;
    await change(sent.uid, () => null);
    await show();
    at("case-count").focus();
  });
  line.append(buttons);
  return line;
}

/**
 * Send under new numbers, for a person said so: nothing of what the server has is touched.
 *
 * @param {Case} sent
 */
async function anew(sent) {
  const photos = sent.photos.map(({ data }) => ({ uid: crypto.randomUUID(), data }));
  const { sighting: _, ...rest } = sent;
  const fresh = { ...rest, uid: crypto.randomUUID(), photos };
  await change(sent.uid, (kept) => ({ ...kept, refused: "", taken: false, sent: fresh }));
  await sending;
  await send();
  at("case-told").focus();
}

/**
 * @param {string} uid
 * @param {Photo[]} photos
 */
async function again(uid, photos) {
  await change(uid, (kept) => ({ ...kept, refused: "", sent: { ...kept.sent, photos } }));
  await sending;
  await send();
  at("case-told").focus();
}
