// Where somebody is: words, and a cell of about five kilometres when the inspector asks for it.

import { language, say } from "./words.js";

/** Degrees: what is finer does not leave the browser's own answer. */
const CELL = 0.05;
const PATIENCE = 20_000;
const REFUSED = 1;
const TOO_LATE = 3;

/** @typedef {import("./visit.js").Place} Place */

/** @type {(id: string) => HTMLElement} */
const at = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** The fields of one place: what is typed, and a button that asks the device. */
export class PlaceField {
  /**
   * @param {string} name what the ids of its parts begin with
   * @param {() => void} [changed]
   */
  constructor(name, changed = () => {}) {
    this.name = name;
    this.changed = changed;
    /** @type {{latitude: number, longitude: number} | null} */
    this.cell = null;
    /** Answers of the device to an earlier question are not for the place that is written now. */
    this.turn = 0;
    this.input = /** @type {HTMLInputElement} */ (at(`${name}-place`));
    this.input.addEventListener("change", changed);
    at(`${name}-locate`).addEventListener("click", () => this.locate());
    at(`${name}-unlocate`).addEventListener("click", () => {
      this.take(null);
      at(`${name}-locate`).focus();
    });
  }

  /** @returns {Place} */
  get value() {
    return { words: this.input.value.trim(), ...this.cell };
  }

  /** @param {Place} place */
  set value({ words, latitude, longitude }) {
    this.input.value = words;
    this.turn++;
    this.cell = latitude === undefined || longitude === undefined ? null : { latitude, longitude };
    this.show();
  }

  locate() {
    if (!("geolocation" in navigator)) {
      this.show("locate_none");
      return;
    }
    const turn = ++this.turn;
    at(`${this.name}-locate`).setAttribute("aria-busy", "true");
    this.show("locate_busy");
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      at(`${this.name}-locate`).removeAttribute("aria-busy");
      if (turn === this.turn) this.take({ latitude: middle(coords.latitude), longitude: middle(coords.longitude) });
    }, (error) => {
      at(`${this.name}-locate`).removeAttribute("aria-busy");
      if (turn !== this.turn) return;
      this.cell = null;
      this.show({ [REFUSED]: "locate_refused", [TOO_LATE]: "locate_late" }[error.code] ?? "locate_failed");
    }, { enableHighAccuracy: false, timeout: PATIENCE, maximumAge: 300_000 });
  }

  /** @param {{latitude: number, longitude: number} | null} cell */
  take(cell) {
    this.cell = cell;
    this.show();
    this.changed();
  }

  /** @param {string} [problem] */
  show(problem = "") {
    const { name, cell } = this;
    if (cell) say(at(`${name}-located`), "located", { north: words(cell.latitude), east: words(cell.longitude) });
    else say(at(`${name}-located`), problem);
    at(`${name}-locate`).hidden = cell !== null;
    at(`${name}-unlocate`).hidden = cell === null;
  }
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
