// A code comes in: the device's word is shown at once, the server's when it comes; the worse one counts.

import { isAnother } from "./again.js";
import * as carton from "./carton.js";
import { list } from "./entries.js";
import { held, isFresh, refresh } from "./held.js";
import { ask, hear, isOpen, judge, look } from "./look.js";
import * as outbox from "./outbox.js";
import * as past from "./past.js";
import { clear, current, redraw, show } from "./result.js";
import * as sightings from "./sightings.js";
import { ON_GOODS, worse } from "./verdicts.js";
import * as visits from "./visit.js";

/** @typedef {visits.Entry} Entry */

export let visit = await visits.load();
/** @type {Promise<void> | null} */
let updating = null;

/**
 * Look at a code and say what is known.
 *
 * @param {string} text
 * @param {number} [taken] when the frame was taken
 */
export async function check(text, taken) {
  const found = await look(text, held);
  const before = visits.before(visit, found);
  const entry = before ?? found;
  if (before) {
    if (isItem(before) && ON_GOODS.has(found.own) && (await isAnother(before))) before.items++;
    await judge(before, held);
  } else {
    visit.entries.unshift(entry);
  }
  const asks = navigator.onLine && entry.form !== "";
  if (!asks || entry.form !== "short") await weigh(entry); // the server tells the code of a lot from a pack's
  if (asks) entry.state = "asking";
  show(entry);
  if (taken !== undefined) document.body.dataset.took = String(Math.round(performance.now() - taken));
  await keep();
  if (asks) void inquire(entry);
  else buzz(entry);
}

/**
 * Whether a second look at it may be one at another item.
 *
 * @param {Entry} entry
 */
function isItem(entry) {
  return entry.key !== null && (ON_GOODS.has(entry.verdict) || entry.verdict === "DUPLICATE_HERE");
}

/**
 * What it is to the carton that is open, or a carton to begin with.
 *
 * @param {Entry} entry
 */
async function weigh(entry) {
  if (entry.form === "carton") await carton.begin(entry.code, entry.verdict);
  if (visits.PACKS.has(entry.form)) entry.inside = (await carton.look(entry.code)) ?? entry.inside;
}

/**
 * Hear the server on an entry that is shown already.
 *
 * @param {Entry} entry
 */
async function inquire(entry) {
  const shown = entry.verdict;
  entry.state = "asking";
  const answer = await ask(entry.code);
  entry.state = answer ? "" : "silent";
  if (answer) hear(entry, answer);
  if (entry.form === "short" || entry.form === "carton") await weigh(entry);
  if (current() === entry) {
    if (entry.verdict === shown) redraw();
    else show(entry); // it is something else: the reader is told
    buzz(entry);
  }
  await keep();
  const behind = entry.said && worse(entry.own, entry.said) !== entry.own && ON_GOODS.has(entry.own);
  if (!isFresh() || (behind && entry.form === "offline")) void update();
}

/** Bring what is held up to date, and what was scanned with it. */
export function update() {
  updating ??= renew().finally(() => (updating = null));
  return updating;
}

async function renew() {
  const news = await refresh();
  await reconsider(news);
  await outbox.send();
  await sightings.send();
}

/**
 * Judge the visit again: by the lists where they are newer, by the server where only it can tell.
 *
 * @param {boolean} news
 */
async function reconsider(news) {
  const shown = current()?.verdict;
  for (const entry of news ? visit.entries : []) await judge(entry, held);
  if (navigator.onLine) {
    for (const entry of visit.entries.filter((one) => isOpen(one) && one.state !== "asking")) {
      const answer = await ask(entry.code);
      if (!answer) break; // no network after all
      entry.state = "";
      hear(entry, answer);
    }
  }
  const now = current();
  if (now && now.verdict !== shown) show(now);
  else redraw();
  await keep();
}

async function keep() {
  await sightings.note(visit);
  await visits.save(visit);
  list(visit);
}

/**
 * Where the visit is. Codes that were looked at before it was said were at that place, too.
 *
 * @param {visits.Place} place
 */
export async function locate(place) {
  visit.place = place;
  await keep();
  await sightings.send();
}

/** Put the visit aside and begin another one. */
export async function beginAnew() {
  await past.keep(visit);
  visit = visits.begin();
  clear();
  await visits.save(visit);
  await carton.close();
  list(visit);
}

/** @param {Entry} entry */
function buzz(entry) {
  navigator.vibrate?.(entry.verdict === "ISSUED_OK" ? 60 : [120, 80, 120]);
}
