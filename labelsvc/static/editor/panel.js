// The numbers and words of what is chosen; of the label where nothing is. Built anew only when
// something else is chosen, so that the cursor stays where one types.

import { $, h } from "./dom.js";
import { Dress } from "./dress.js";
import { ITEMS, item as freshItem, LABEL, SHEET } from "./fields.js";
import { input } from "./inputs.js";
import * as geometry from "./geometry.js";
import { KINDS } from "./kinds.js";
import { called, setup, shown, w } from "./words.js";

export class Panel {
  /** @param {import("./store.js").Store} store */
  constructor(store) {
    this.store = store;
    this.place = $("#panel");
    this.title = $("#panel-title");
    this.built = "";
    this.dress = new Dress(store);
    /** @type {{fill: () => void, fault: (words: string) => void, at: string}[]} */
    this.inputs = [];
    for (const name of ["layout", "choice"]) store.addEventListener(name, () => this.show());
    store.addEventListener("answer", () => this.judge());
    this.show();
  }

  /** What decides which inputs there are. */
  _shape() {
    const { layout, choice, element } = this.store;
    if (!element) {
      const own = layout.sheet.article === null;
      return JSON.stringify(["label", Boolean(layout.label.diameter), own, Object.keys(layout.colours), layout.kind]);
    }
    return JSON.stringify([choice.element, element.type, (element.items ?? []).map((item) => item.type)]);
  }

  show() {
    const shape = this._shape();
    if (shape !== this.built) {
      const focus = this.place.contains(document.activeElement) ? document.activeElement.id : "";
      const open = new Set([...this.place.querySelectorAll("details[open]")].map((d) => d.dataset.name));
      this.inputs = [];
      this.place.replaceChildren(...(this.store.element ? this._element() : this._label()));
      for (const part of this.place.querySelectorAll("details")) {
        if (open.has(part.dataset.name)) part.open = true;
      }
      this.built = shape;
      if (focus) document.getElementById(focus)?.focus();
    }
    const element = this.store.element;
    this.title.textContent = element ? called(element).kind : w("label");
    for (const one of this.inputs) one.fill();
    for (const words of this.place.querySelectorAll("[data-words]")) {
      words.textContent = called(element.items[Number(words.dataset.words)]).detail;
    }
    const item = this.store.choice?.item;
    if (item !== null && item !== undefined) {
      const part = this.place.querySelector(`details[data-name="item-${item}"]`);
      if (part) part.open = true;
    }
    this.judge();
  }

  /** Bring the findings to their fields, and show what became of the words. */
  judge() {
    const choice = this.store.choice;
    const findings = this.store.answer?.findings ?? [];
    for (const one of this.inputs) {
      const found = findings.find(
        (f) =>
          f.severity === "error" &&
          f.field &&
          f.element === (choice?.element ?? null) &&
          `${f.item ?? ""}/${f.field}` === one.at,
      );
      one.fault(found ? found.message : "");
    }
    for (const note of this.place.querySelectorAll("[data-note]")) {
      const words = this._note(note.dataset.note);
      note.textContent = words;
      note.hidden = !words;
    }
  }

  _note(which) {
    const answer = this.store.answer;
    if (!answer) return "";
    if (which === "sheet") {
      const { sheet } = answer;
      return sheet ? w(sheet.per_page === 1 ? "sheet_words_one" : "sheet_words", { count: sheet.per_page, width: shown(sheet.page[0]), height: shown(sheet.page[1]) }) : "";
    }
    if (which === "symbol") {
      const found = answer.symbol;
      return found?.dots ? w("symbol_words", { module: shown(found.module), dots: found.dots, dpi: found.dpi, version: found.version, level: found.level, size: shown(found.size) }) : "";
    }
    const item = which === "text" ? null : Number(which.slice(5));
    const found = answer.texts?.find((t) => t.element === this.store.choice?.element && t.item === item);
    return found ? w("text_words", { points: shown(found.points), lines: found.lines, height: shown(found.x_height) }) : "";
  }

  /** @param {import("./fields.js").Field} field */
  _input(field, prefix, item, get, put) {
    const made = input({
      field,
      id: `${prefix}-${field.key.replace(".", "-")}`,
      get,
      put,
      palette: () => this.store.layout.colours,
      seal: () => this.store.seal(),
    });
    this.inputs.push({ ...made, at: `${item ?? ""}/${field.key}` });
    return made.part;
  }

  /** An input for a key of the chosen element, or of one of its items. */
  _field(field, item = null) {
    const index = this.store.choice.element;
    const of = (layout) => {
      const element = layout.elements[index];
      return item === null ? element : element?.items?.[item];
    };
    return this._input(
      field,
      item === null ? "e" : `i${item}`,
      item,
      () => of(this.store.layout)?.[field.key] ?? null,
      (value, key) => {
        this.store.change((layout) => {
          const part = of(layout);
          if (part) part[field.key] = value;
        }, key && `${index}-${key}`);
      },
    );
  }

  _group({ title, fields, closed }, made) {
    const body = h("div", { class: "controls" }, made ?? fields.map((field) => this._field(field)));
    if (!closed) return h("section", { class: "group" }, h("h3", {}, w(title)), body);
    return h("details", { class: "group", "data-name": title }, h("summary", {}, w(title)), body);
  }

  _element() {
    const element = this.store.element;
    const parts = (KINDS[element.type]?.groups ?? []).map((group) => this._group(group));
    const note = KINDS[element.type]?.note;
    if (note) parts.splice(note === "symbol" ? 1 : 3, 0, h("p", { class: "note small", "data-note": note, hidden: true }));
    if (element.type === "stack") parts.splice(1, 0, this._items(element));
    return parts;
  }

  _items(stack) {
    const index = this.store.choice.element;
    const act = (change) => () => {
      this.store.change((layout) => change(layout.elements[index].items));
    };
    const rows = stack.items.map((item, at) => {
      const { kind, detail } = called({ ...item, type: item.type === "rule" ? "line" : item.type });
      const last = stack.items.length - 1;
      const name = `${at + 1}. ${kind}`;
      return h(
        "details",
        { class: "item", "data-name": `item-${at}` },
        h("summary", {}, name, h("span", { class: "soft", "data-words": at }, detail)),
        h("div", { class: "controls" }, ITEMS[item.type].map((field) => this._field(field, at)), h("p", { class: "note small", "data-note": `item-${at}`, hidden: true })),
        h(
          "div",
          { class: "tools" },
          h("button", { type: "button", id: `i${at}-up`, disabled: at === 0, "aria-label": `${name}: ${w("up")}`, onclick: act((items) => items.splice(at - 1, 0, ...items.splice(at, 1))) }, w("up")),
          h("button", { type: "button", id: `i${at}-down`, disabled: at === last, "aria-label": `${name}: ${w("down")}`, onclick: act((items) => items.splice(at + 1, 0, ...items.splice(at, 1))) }, w("down")),
          h("button", { type: "button", id: `i${at}-remove`, disabled: last === 0, "aria-label": `${name}: ${w("remove")}`, onclick: act((items) => items.splice(at, 1)) }, w("remove")),
        ),
      );
    });
    const adding = ["text", "stars", "rule"].map((kind) =>
      h("button", { type: "button", id: `add-item-${kind}`, onclick: act((items) => items.push(freshItem(kind))) }, `+ ${w(kind === "rule" ? "kind_line" : `kind_${kind}`)}`),
    );
    return h("section", { class: "group" }, h("h3", {}, w("group_items")), rows, h("div", { class: "tools" }, adding));
  }

  // --- the label as a whole ---

  _setting(field) {
    const [first, second] = field.key.split(".");
    const holder = (layout) => (second ? layout[first] : layout);
    return this._input(
      field,
      "l",
      null,
      () => holder(this.store.layout)[second ?? first] ?? null,
      (value, key) => this.store.change((layout) => (holder(layout)[second ?? first] = value), key),
    );
  }

  _label() {
    const { layout } = this.store;
    const round = Boolean(layout.label.diameter);
    const [names, label] = LABEL;
    const sizes = label.fields.filter(({ key }) =>
      round ? !/width|height|corner/.test(key) : !/diameter/.test(key),
    );
    return [
      this._family(),
      this._group(names, names.fields.map((field) => this._setting(field))),
      this._group(label, [this._shapeChoice(round), ...sizes.map((field) => this._setting(field))]),
      this._paper(layout),
      this._codes(layout),
      this._palette(layout),
    ];
  }

  _family() {
    const made = this.dress.make();
    this.inputs.push({ fill: () => this.dress.fill(), fault: () => {}, at: "" });
    return this._group({ title: "group_family" }, made);
  }

  _shapeChoice(round) {
    const box = h(
      "select",
      {
        id: "l-shape",
        onchange: () => {
          this.store.change((fresh) => {
            const [width, height] = geometry.size(fresh);
            const all = { width: null, height: null, diameter: null };
            Object.assign(fresh.label, all, box.value === "round" ? { diameter: Math.min(width, height), corner_radius: 0 } : { width, height });
          });
        },
      },
      h("option", { value: "rect" }, w("shape_rect")),
      h("option", { value: "round" }, w("shape_round")),
    );
    box.value = round ? "round" : "rect";
    return h("div", { class: "control wide-control" }, h("label", { for: "l-shape" }, w("field_shape")), box);
  }

  /** What it is printed on: a sheet of the stock or an own one, or own numbers. */
  _paper(layout) {
    const [width, height] = geometry.size(layout);
    const round = Boolean(layout.label.diameter);
    const near = (a) => a.round === round && Math.max(Math.abs(a.width - width), Math.abs(a.height - height)) <= 0.3;
    const option = (a) =>
      h("option", { value: a.name }, `${a.title}${a.unsure ? ` · ${w("unsure")}` : ""}`);
    const fitting = setup.articles.filter(near);
    const others = setup.articles.filter((a) => !near(a) && !a.own);
    const own = setup.articles.filter((a) => !near(a) && a.own);
    const group = (label, rows) => (rows.length ? h("optgroup", { label }, rows.map(option)) : null);
    const box = h(
      "select",
      { id: "l-article", onchange: () => this._takeArticle(box.value) },
      h("option", { value: "" }, w("own_numbers")),
      group(w("articles_fit"), fitting),
      group(w("articles_own"), own),
      group(w("articles_other"), others),
    );
    box.value = layout.sheet.article ?? "";
    if (layout.sheet.article && box.value !== layout.sheet.article) {
      box.append(h("option", { value: layout.sheet.article }, layout.sheet.article));
      box.value = layout.sheet.article;
    }
    const fault = input({
      field: { key: "sheet.article", type: "text" },
      id: "l-hidden-article",
      get: () => "",
      put: () => {},
      palette: () => ({}),
      seal: () => {},
    });
    fault.part.querySelector("label").hidden = fault.control.hidden = true;
    this.inputs.push({ ...fault, at: "/sheet.article" });
    const kind = { key: "kind", type: "choice", options: ["sheet", "roll", "single", "card"], wide: true };
    const control = h("div", { class: "control wide-control" }, h("label", { for: "l-article" }, w("field_article")), box, fault.part);
    const numbers = layout.sheet.article === null ? SHEET.map((field) => this._setting(field)) : [];
    const note = h("p", { class: "note small", "data-note": "sheet", hidden: true });
    return this._group({ title: "group_sheet" }, [this._setting(kind), control, ...numbers, note]);
  }

  _takeArticle(name) {
    const article = setup.articles.find((a) => a.name === name);
    this.store.change((fresh) => {
      const empty = { article: null, page: null, columns: 1, rows: 1, margin_left: null, margin_top: null, pitch_x: null, pitch_y: null, note: "" };
      if (!article) {
        fresh.sheet = empty;
        return;
      }
      fresh.sheet = { ...empty, article: name };
      const [width, height] = geometry.size(fresh);
      const off = Math.max(Math.abs(article.width - width), Math.abs(article.height - height));
      if (off > 0.3 || article.round !== Boolean(fresh.label.diameter)) {
        Object.assign(
          fresh.label,
          article.round
            ? { diameter: article.width, width: null, height: null, corner_radius: 0 }
            : { diameter: null, width: article.width, height: article.height, corner_radius: article.corner },
        );
      }
    });
  }

  _codes(layout) {
    const forms = ["short", "gs1", "offline", "lot"].map((form) => {
      const box = h("input", {
        type: "checkbox",
        id: `l-form-${form}`,
        checked: layout.forms.includes(form),
        onchange: () => {
          this.store.change((fresh) => {
            const kept = fresh.forms.filter((one) => one !== form);
            if (box.checked) kept.push(form);
            if (kept.length) fresh.forms = kept;
          });
          box.checked = this.store.layout.forms.includes(form);
        },
      });
      this.inputs.push({ fill: () => (box.checked = this.store.layout.forms.includes(form)), fault: () => {}, at: "" });
      return h("div", { class: "control check wide-control" }, box, h("label", { for: box.id }, w(`form_${form}`)));
    });
    const dpi = { key: "resolution_dpi", type: "whole", unit: "dpi", step: 1 };
    return this._group({ title: "group_codes" }, [...forms, this._setting(dpi)]);
  }

  _palette(layout) {
    const rows = Object.keys(layout.colours).map((name) => {
      const well = h("input", {
        type: "color",
        id: `l-colour-${name}`,
        oninput: () => this.store.change((fresh) => (fresh.colours[name] = well.value), `colour-${name}`),
        onchange: () => this.store.seal(),
      });
      this.inputs.push({ fill: () => (well.value = (this.store.layout.colours[name] ?? "#000000").toLowerCase()), fault: () => {}, at: "" });
      const used = JSON.stringify(layout.elements).includes(`"${name}"`);
      return h(
        "div",
        { class: "control swatch" },
        well,
        h("label", { for: well.id }, name),
        h("button", { type: "button", disabled: used, "aria-label": `${w("remove")}: ${name}`, onclick: () => this.store.change((fresh) => delete fresh.colours[name]) }, "×"),
      );
    });
    const add = h("button", {
      type: "button",
      id: "l-add-colour",
      onclick: () => {
        this.store.change((fresh) => {
          let number = 1;
          while (fresh.colours[`colour${number}`]) number += 1;
          fresh.colours[`colour${number}`] = "#1f5a3c";
        });
      },
    }, w("add_colour"));
    return this._group({ title: "group_palette", closed: true }, [...rows, h("div", { class: "tools" }, add)]);
  }
}
