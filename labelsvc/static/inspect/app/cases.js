// Cases opened on this device: kept until the server has them, sent once, known by their own number.

import * as place from "./place.js";
import * as store from "./store.js";
import { t, language } from "./words.js";

/** Longest side of a photo in pixels, and its quality: a label stays readable, a case stays small. */
const LONGEST = 1600;
const QUALITY = 0.8;
const MOST_PHOTOS = 6;

/**
 * @typedef {{uid: string, data: string}} Photo
 * @typedef {{uid: string, at: string, code: string, verdict: string, items: number, place: string,
 *   latitude?: number, longitude?: number, note: string, missing: string[], photos: Photo[]}} Case
 * @typedef {{code: string, verdict: string, items: number,
 *   known: import("./pack.js").Known | null, pack: import("./pack.js").Pack | null}} Subject
 */

/** @type {Subject | null} */
let subject = null;
/** @type {Photo[]} */
let photos = [];
let sending = false;

/** @type {(id: string) => HTMLElement} */
const at = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
/** @type {(id: string) => HTMLInputElement} */
const input = (id) => /** @type {HTMLInputElement} */ (at(id));

/**
 * What a case would be about: the code that was looked at last.
 *
 * @param {Subject} found
 */
export function about(found) {
  subject = found;
  at("case-tools").hidden = false;
  at("case-state").textContent = "";
}

export async function wire() {
  const dialog = /** @type {HTMLDialogElement} */ (at("case"));
  at("open-case").addEventListener("click", () => {
    photos = [];
    at("case-photo-count").textContent = "";
    at("case-about").textContent = subject?.known?.product ?? subject?.code.slice(0, 40) ?? "";
    input("case-note").value = "";
    place.forget();
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
  place.wire();
  at("case-tools").hidden = (await waiting()).length === 0;
  await tellWaiting();
}

/** The checklist of mandatory contents for this product. */
function contents() {
  const pack = subject?.pack;
  const lot = Object.values(pack?.lots ?? {}).find((row) => row.code === subject?.known?.lot);
  const product = lot && pack?.products[lot.product];
  const keys = product?.contents ?? [];
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
  /** @type {Case} */
  const made = {
    uid: crypto.randomUUID(), at: new Date().toISOString(), code: subject.code.slice(0, 2048),
    verdict: subject.verdict, items: subject.items, place: input("case-place").value,
    ...place.current(), note: input("case-note").value, photos,
    missing: [...boxes].map((box) => /** @type {HTMLInputElement} */ (box).value),
  };
  await store.put("cases", [...(await waiting()), made]);
  at("case-state").textContent = t("case_kept");
  await send();
}

/** @returns {Promise<Case[]>} */
async function waiting() {
  return (await store.get("cases")) ?? [];
}

/** Send what waits, oldest first. A case leaves the device only when the server says it has it. */
export async function send() {
  if (sending || !navigator.onLine) return tellWaiting();
  sending = true;
  let told = "";
  try {
    for (const one of await waiting()) {
      const answer = await fetch("/inspect/sync", {
        method: "POST", body: JSON.stringify(one), redirect: "manual",
        headers: { "Content-Type": "application/json", "X-Labelsvc-Inspect": "1" },
      }).catch(() => null);
      if (!answer) break;
      if (answer.status === 401 || answer.status === 403) {
        told = t("case_sign_in");
        break;
      }
      const found = await answer.json().catch(() => ({}));
      if (!answer.ok) {
        told = t("case_refused", { why: found.message ?? String(answer.status) });
        break;
      }
      await store.put("cases", (await waiting()).filter((kept) => kept.uid !== one.uid));
      told = t("case_sent", { number: found.case });
    }
  } finally {
    sending = false;
  }
  await tellWaiting(told);
}

/** @param {string} [told] */
async function tellWaiting(told = "") {
  const count = (await waiting()).length;
  if (count) at("case-tools").hidden = false;
  const words = [told, count ? t("cases_waiting", { count }) : ""].filter(Boolean).join(" ");
  if (words) at("case-state").textContent = words;
}
