// Opening a case about the code that is shown: what was found, where, with photographs.

import { held } from "./held.js";
import * as outbox from "./outbox.js";
import { productOf } from "./pack.js";
import { PlaceField } from "./place.js";
import { current } from "./result.js";
import { goodsOf, shortened } from "./visit.js";
import { t, language } from "./words.js";

/** Longest side of a photo in pixels, and its quality: a label stays readable, a case stays small. */
const LONGEST = 1600;
const QUALITY = 0.8;
const MOST_PHOTOS = 6;

/**
 * The code that was shown when the case was opened.
 * @type {import("./visit.js").Entry | null}
 */
let subject = null;
/** @type {outbox.Photo[]} */
let photos = [];
/** @type {PlaceField} */
let place;

/** @type {(id: string) => HTMLElement} */
const at = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
/** @type {(id: string) => HTMLInputElement} */
const input = (id) => /** @type {HTMLInputElement} */ (at(id));

/**
 * @param {() => import("./visit.js").Place} whereabouts of the visit: a case begins with it
 */
export function wire(whereabouts) {
  place = new PlaceField("case");
  const dialog = /** @type {HTMLDialogElement} */ (at("case"));
  at("open-case").addEventListener("click", () => {
    subject = current();
    photos = [];
    at("case-photo-count").textContent = "";
    at("case-about").textContent = subject ? goodsOf(subject) || shortened(subject.code) : "";
    input("case-note").value = "";
    place.value = whereabouts();
    contents();
    dialog.returnValue = "cancel";
    dialog.showModal();
  });
  input("case-photos").addEventListener("change", (event) => {
    const chosen = /** @type {HTMLInputElement} */ (event.target);
    void addPhotos([...(chosen.files ?? [])]).then(() => (chosen.value = ""));
  });
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "keep") void keep();
  });
}

/** The checklist of mandatory contents for this product. */
function contents() {
  const pack = held.goods;
  const keys = productOf(pack, subject?.known ?? null)?.contents ?? [];
  at("case-contents").hidden = keys.length === 0;
  at("case-list").replaceChildren(...keys.map((key) => {
    const label = document.createElement("label");
    const box = document.createElement("input");
    box.type = "checkbox";
    box.value = key;
    label.append(box, pack?.contents?.[key]?.[language()] ?? key);
    return label;
  }));
}

/** @param {File[]} files */
async function addPhotos(files) {
  for (const file of files.slice(0, MOST_PHOTOS - photos.length)) {
    const data = await smaller(file).catch(() => null);
    if (data) photos.push({ uid: crypto.randomUUID(), data });
    else at("case-photo-count").textContent = t("photo_unreadable");
  }
  if (photos.length) at("case-photo-count").textContent = t("case_photo_count", { count: photos.length });
}

/**
 * Drawn again: what the camera wrote about place and device does not leave the phone.
 *
 * @param {File} file
 * @returns {Promise<string>} base 64 of a JPEG
 */
async function smaller(file) {
  const bitmap = await createImageBitmap(file);
  const shrink = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * shrink));
  canvas.height = Math.max(1, Math.round(bitmap.height * shrink));
  canvas.getContext("2d")?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return canvas.toDataURL("image/jpeg", QUALITY).split(",", 2)[1];
}

async function keep() {
  if (!subject) return;
  const boxes = at("case-list").querySelectorAll("input:checked");
  const { words, ...cell } = place.value;
  await outbox.add({
    uid: crypto.randomUUID(), at: new Date().toISOString(), code: subject.code, verdict: subject.verdict,
    items: subject.items, place: words, ...cell, note: input("case-note").value,
    photos, ...(subject.noted ? { sighting: subject.uid } : {}), missing: [...boxes].map((box) => /** @type {HTMLInputElement} */ (box).value),
  }, goodsOf(subject) || shortened(subject.code));
}
