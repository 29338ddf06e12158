// Where a case is: a cell of about five kilometres, and only when the inspector asks for it.

import { language, t } from "./words.js";

/** Degrees: what is finer does not leave the browser's own answer. */
const CELL = 0.05;
const PATIENCE = 20_000;
const REFUSED = 1;
const TOO_LATE = 3;

/** @typedef {{latitude: number, longitude: number}} Cell */

/** @type {(id: string) => HTMLElement} */
const at = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
/** @type {Cell | null} */
let chosen = null;

export function wire() {
  at("case-locate").addEventListener("click", locate);
  at("case-unlocate").addEventListener("click", () => {
    forget();
    at("case-locate").focus();
  });
}

/** Of the case that is being written. */
export function current() {
  return chosen;
}

/** Begin without a place. */
export function forget() {
  chosen = null;
  show("");
}

function locate() {
  if (!("geolocation" in navigator)) {
    show(t("locate_none"));
    return;
  }
  at("case-locate").setAttribute("aria-busy", "true");
  show(t("locate_busy"));
  navigator.geolocation.getCurrentPosition((found) => {
    at("case-locate").removeAttribute("aria-busy");
    if (!/** @type {HTMLDialogElement} */ (at("case")).open) return;
    chosen = { latitude: middle(found.coords.latitude), longitude: middle(found.coords.longitude) };
    show(t("located", { north: words(chosen.latitude), east: words(chosen.longitude) }));
  }, (error) => {
    at("case-locate").removeAttribute("aria-busy");
    chosen = null;
    show(t({ [REFUSED]: "locate_refused", [TOO_LATE]: "locate_late" }[error.code] ?? "locate_failed"));
  }, { enableHighAccuracy: false, timeout: PATIENCE, maximumAge: 300_000 });
}

/**
 * Middle of the cell that *degrees* lies in, as the service reckons it.
 *
 * @param {number} degrees
 */
function middle(degrees) {
  return Number(((Math.floor(degrees / CELL) + 0.5) * CELL).toFixed(3));
}

/** @param {number} degrees */
function words(degrees) {
  return degrees.toLocaleString(language(), { maximumFractionDigits: 3 });
}

/** @param {string} said */
function show(said) {
  at("case-located").textContent = said;
  at("case-locate").hidden = chosen !== null;
  at("case-unlocate").hidden = chosen === null;
}
