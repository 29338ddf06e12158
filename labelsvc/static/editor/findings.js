// What is wrong and what to do, under the drawing; each entry leads to its element.

import { $, h } from "./dom.js";
import { called, w } from "./words.js";

export class Findings {
  /** @param {import("./store.js").Store} store */
  constructor(store) {
    this.store = store;
    this.list = $("#findings");
    store.addEventListener("answer", () => this.show());
  }

  show() {
    const found = this.store.answer?.findings ?? [];
    const errors = found.filter((one) => one.severity === "error").length;
    const warnings = found.length - errors;
    const parts = [];
    if (errors) parts.push(w(errors === 1 ? "error_one" : "error_many", { count: errors }));
    if (warnings) parts.push(w(warnings === 1 ? "warning_one" : "warning_many", { count: warnings }));
    const summary = parts.join(", ") || w("no_findings");
    const heading = $("#findings-words");
    if (heading.textContent !== summary) heading.textContent = summary;
    heading.dataset.tone = errors ? "bad" : warnings ? "caution" : "good";
    const key = JSON.stringify(found);
    if (key === this.key) return;
    this.key = key;
    this.list.replaceChildren(...found.map((one) => this._entry(one)));
  }

  _entry(one) {
    const element = one.element === null ? null : this.store.layout.elements[one.element];
    const words = [
      h("span", { class: "unseen" }, `${w(one.severity)}: `),
      element ? h("strong", {}, `${called(element).kind}: `) : null,
      one.message,
    ];
    const head = element || one.field
      ? h("button", { type: "button", onclick: () => this._go(one) }, words)
      : h("p", {}, words);
    return h(
      "li",
      { class: one.severity },
      head,
      one.fix ? h("p", { class: "fix" }, one.fix) : null,
      one.source ? h("p", { class: "source" }, one.source) : null,
    );
  }

  _go(one) {
    this.store.choose(one.element, one.item);
    const prefix = one.element === null ? "l" : one.item === null ? "e" : `i${one.item}`;
    const field = one.field === "sheet.article" ? "article" : one.field.replace(".", "-");
    const target = document.getElementById(`${prefix}-${field}`) ?? $("#panel input, #panel textarea, #panel select");
    const around = target?.closest("details");
    if (around) around.open = true;
    target?.focus();
  }
}
