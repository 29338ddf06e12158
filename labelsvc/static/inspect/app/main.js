// The inspector's page: scan, photo or typing → verdict, with or without a network.

import { Camera } from "./camera.js";
import * as carton from "./carton.js";
import * as cases from "./cases.js";
import { beginAnew, check, locate, update, visit } from "./check.js";
import * as entries from "./entries.js";
import * as issued from "./issued.js";
import { ages, load } from "./held.js";
import * as outbox from "./outbox.js";
import * as past from "./past.js";
import * as person from "./person.js";
import { PlaceField } from "./place.js";
import { readPicture } from "./reader.js";
import * as report from "./report.js";
import { redraw, showProblem } from "./result.js";
import * as store from "./store.js";
import { saveCsv } from "./past.js";
import { language, speak, t } from "./words.js";

/** While somebody looks at the page, so often is asked what is newer. */
const OFTEN = 90_000;

/** @type {(id: string) => HTMLElement} */
const at = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

const video = /** @type {HTMLVideoElement} */ (at("video"));
const camera = new Camera(video, (text, taken) => {
  if (!document.querySelector("dialog[open]")) void check(text, taken);
});

async function startCamera() {
  const button = at("scan");
  button.setAttribute("aria-busy", "true");
  try {
    await camera.start();
    document.body.classList.add("scanning");
    at("torch").hidden = !camera.hasTorch;
  } catch (error) {
    const name = error instanceof DOMException ? error.name : "";
    showProblem(t({ NotAllowedError: "camera_refused", NotFoundError: "camera_none" }[name] ?? "camera_busy"));
  }
  button.removeAttribute("aria-busy");
}

function stopCamera() {
  camera.stop();
  document.body.classList.remove("scanning");
}

/** @param {File} file */
async function readPhoto(file) {
  try {
    const found = await readPicture(await createImageBitmap(file));
    if (!found.length) showProblem(t("photo_nothing"));
    for (const text of found) await check(text);
  } catch {
    showProblem(t("photo_unreadable"));
  }
}

function wire() {
  at("scan").addEventListener("click", () => void startCamera());
  at("stop").addEventListener("click", stopCamera);
  let lit = false;
  at("torch").addEventListener("click", () => void camera.torch((lit = !lit)));
  const photo = /** @type {HTMLInputElement} */ (at("photo"));
  photo.addEventListener("change", () => {
    if (photo.files?.[0]) void readPhoto(photo.files[0]);
    photo.value = "";
  });
  const typed = /** @type {HTMLInputElement} */ (at("code"));
  at("typing").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = typed.value;
    typed.value = "";
    if (text.trim()) void check(text);
    else typed.focus();
  });
  for (const lang of /** @type {const} */ (["vi", "en"])) {
    at(`lang-${lang}`).addEventListener("click", () => {
      speak(lang);
      ages();
      entries.list(visit);
      void past.list();
      void person.show();
      carton.show();
      redraw();
      void outbox.show();
    });
  }
  at("update").addEventListener("click", () => void update());
  at("new-visit").addEventListener("click", async () => {
    if (!confirm(t("new_visit_sure"))) return;
    await beginAnew();
    place.value = visit.place;
  });
  at("save-visit").addEventListener("click", () => {
    saveCsv(visit);
  });
  /** @type {PlaceField} */
  const place = new PlaceField("visit", () => void locate(place.value));
  place.value = visit.place;
  cases.wire(() => visit.place);
  entries.wire(() => visit);
  report.wire(() => visit);
  issued.wire();
  person.wire(stopCamera);
  at("forget").addEventListener("click", async () => {
    if (!confirm(t("forget_sure"))) return;
    stopCamera();
    await store.clear();
    location.reload();
  });
  for (const event of ["online", "offline"]) addEventListener(event, () => ages());
  addEventListener("online", () => {
    void update();
    void person.ask();
  });
  document.addEventListener("visibilitychange", () => (document.hidden ? stopCamera() : void update()));
  setInterval(ages, 60_000);
  setInterval(() => !document.hidden && navigator.onLine && void update(), OFTEN);
}

async function offerShell() {
  if (!("serviceWorker" in navigator)) return;
  const registration = await navigator.serviceWorker.register("/inspect/sw.js", { scope: "/inspect/" });
  const offer = () => {
    if (registration.waiting && navigator.serviceWorker.controller) at("newer").hidden = false;
  };
  offer();
  registration.addEventListener("updatefound", () =>
    registration.installing?.addEventListener("statechange", offer));
  at("take-newer").addEventListener("click", () => registration.waiting?.postMessage("take over"));
  let reloaded = !navigator.serviceWorker.controller;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (!reloaded) location.reload();
    reloaded = true;
  });
}

speak(language());
wire();
await outbox.show();
await carton.wire();
await load();
entries.list(visit);
await past.list();
document.body.dataset.ready = "1";
void offerShell();
void update();
void person.ask();
void navigator.storage?.persist?.();
