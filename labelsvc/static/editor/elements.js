// The list of elements, and what one does with them: add, copy, remove, bring forward.

import { $, h, s, say } from "./dom.js";
import * as geometry from "./geometry.js";
import { fresh, KINDS } from "./kinds.js";
import { called, w } from "./words.js";

/** What stands before each kind in lists. */
const icon = (kind) => s("svg", { class: "icon", viewBox: "0 0 16 16", "aria-hidden": "true" }, s("path", { d: KINDS[kind]?.icon ?? "" }));

export class Elements {
  /** @param {import("./store.js").Store} store */
  constructor(store) {
    this.store = store;
    this.list = $("#elements");
    for (const name of ["layout", "choice", "answer"]) store.addEventListener(name, () => this.show());
    $("#add").append(
      ...Object.keys(KINDS).filter((kind) => KINDS[kind].fresh).map((kind) =>
        h("button", { type: "button", "data-kind": kind, onclick: () => this.add(kind) }, icon(kind), w(`kind_${kind}`)),
      ),
    );
    $("#label-button").addEventListener("click", () => store.choose(null));
    $("#duplicate").addEventListener("click", () => this.duplicate());
    $("#remove").addEventListener("click", () => this.remove());
    $("#forward").addEventListener("click", () => this.shift(1));
    $("#backward").addEventListener("click", () => this.shift(-1));
    this.several = $("#several");
    this.several.addEventListener("click", () => {
      this.several.setAttribute("aria-pressed", String(this.several.getAttribute("aria-pressed") !== "true"));
    });
    for (const button of document.querySelectorAll("#aligning [data-align]")) {
      button.addEventListener("click", () => this.align(button.dataset.align));
    }
    this.show();
  }

  /** Choose *index*; with Shift or Ctrl, or while several are chosen, take it to them or out. */
  pick(index, event) {
    const more = event.shiftKey || event.ctrlKey || event.metaKey || this.several.getAttribute("aria-pressed") === "true";
    if (more) this.store.toggle(index);
    else this.store.choose(index);
    if (more) say(w("chosen_said", { count: this.store.chosen.length }));
  }

  /** Align or distribute what is chosen. */
  align(how) {
    const { store } = this;
    const places = store.chosen;
    const boxes = places.map((index) => geometry.boxOf(store.layout.elements[index], store.known(index)));
    const ways = how === "across" || how === "down" ? geometry.distribute(boxes, how) : geometry.align(store.layout, boxes, how);
    store.change((layout) => {
      places.forEach((index, at) => {
        const element = layout.elements[index];
        geometry.move(element, structuredClone(element), ...ways[at], layout);
      });
    });
    store.seal();
    say(w("aligned"));
  }

  show() {
    const { layout, choice, answer } = this.store;
    const faults = new Map();
    for (const found of answer?.findings ?? []) {
      if (found.element === null) continue;
      const now = faults.get(found.element) ?? { count: 0, severity: "warning" };
      now.count += 1;
      if (found.severity === "error") now.severity = "error";
      faults.set(found.element, now);
    }
    const focus = this.list.contains(document.activeElement) ? document.activeElement.dataset.index : null;
    this.list.replaceChildren(
      ...layout.elements.map((element, index) => {
        const { kind, detail } = called(element);
        const fault = faults.get(index);
        return h(
          "li",
          {},
          h(
            "button",
            {
              type: "button",
              "data-index": index,
              "aria-current": choice?.element === index || this.store.also.has(index) ? "true" : null,
              onclick: (event) => this.pick(index, event),
            },
            icon(element.type),
            h("span", { class: "words" }, h("span", { class: "kind" }, kind), detail ? h("span", { class: "detail" }, detail) : null),
            fault ? h("span", { class: `count ${fault.severity}` }, String(fault.count), h("span", { class: "unseen" }, ` ${w(`count_${fault.severity}`)}`)) : null,
          ),
        );
      }),
    );
    if (focus !== null) this.list.querySelector(`[data-index="${focus}"]`)?.focus();
    $("#label-button").toggleAttribute("aria-current", !choice);
    if (!choice) $("#label-button").setAttribute("aria-current", "true");
    const element = this.store.element;
    const last = layout.elements.length - 1;
    $("#duplicate").disabled = !element || element.type === "symbol";
    $("#remove").disabled = !element || element.type === "symbol";
    $("#forward").disabled = !element || choice.element === last;
    $("#backward").disabled = !element || choice.element === 0;
    const count = this.store.chosen.length;
    for (const button of document.querySelectorAll("#aligning [data-align]")) {
      const needs = button.dataset.align === "across" || button.dataset.align === "down" ? 3 : 1;
      button.disabled = count < needs;
    }
    $("#chosen-count").textContent = count > 1 ? w("chosen_said", { count }) : "";
    $("#symbol-words").hidden = element?.type !== "symbol";
  }

  add(kind) {
    const [width, height] = geometry.size(this.store.layout);
    this.store.change((layout) => layout.elements.push(fresh(kind, width, height)));
    this.store.choose(this.store.layout.elements.length - 1);
    $("#adding").open = false;
    $("#paper").focus({ preventScroll: true });
    say(w("added", { kind: w(`kind_${kind}`) }));
  }

  duplicate() {
    const index = this.store.choice?.element;
    if (index === undefined || this.store.element.type === "symbol") return;
    this.store.change((layout) => {
      const before = layout.elements[index];
      const copy = structuredClone(before);
      if (copy.id) copy.id = free(copy.id, layout.elements);
      geometry.move(copy, before, 1, 1, layout);
      layout.elements.splice(index + 1, 0, copy);
    });
    this.store.choose(index + 1);
    say(w("duplicated"));
  }

  remove() {
    const index = this.store.choice?.element;
    if (index === undefined || this.store.element.type === "symbol") return;
    const within = this.list.parentElement.contains(document.activeElement);
    const gone = new Set(this.store.chosen.filter((at) => this.store.layout.elements[at].type !== "symbol"));
    this.store.change((layout) => (layout.elements = layout.elements.filter((_, at) => !gone.has(at))));
    this.store.choose(Math.min(index, this.store.layout.elements.length - 1));
    if (within) this.list.querySelector("[aria-current]")?.focus();
    say(w("removed"));
  }

  /** Later ones lie on top. @param {1 | -1} way */
  shift(way) {
    const index = this.store.choice?.element;
    if (index === undefined) return;
    const to = index + way;
    if (to < 0 || to >= this.store.layout.elements.length) return;
    this.store.change((layout) => layout.elements.splice(to, 0, ...layout.elements.splice(index, 1)));
    this.store.choose(to);
    say(w("order_said", { place: to + 1, count: this.store.layout.elements.length }));
  }
}

function free(id, elements) {
  const taken = new Set(elements.map((element) => element.id));
  const stem = id.replace(/-\d+$/, "");
  let number = 2;
  while (taken.has(`${stem}-${number}`)) number += 1;
  return `${stem}-${number}`;
}
