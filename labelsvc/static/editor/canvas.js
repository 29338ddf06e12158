// The label at real proportions: the server's picture below, handles over it, rulers around it.

import { $, h, s, say } from "./dom.js";
import * as geometry from "./geometry.js";
import { KINDS, shapeOf } from "./kinds.js";
import { called, shown, w } from "./words.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./words.js").Box} Box */

const EDGE = 26; // px of the rulers
const PAD = 14; // px around the label
const NEAR = 6; // px at which an edge snaps
const STEPS = [1, 1.5, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 26, 32, 40]; // px a mm

export class Canvas {
  /** @param {Store} store */
  constructor(store) {
    this.store = store;
    this.stage = $("#stage");
    this.paper = $("#paper");
    this.picture = $("#picture");
    this.scale = 8;
    this.fitted = true;
    this.grid = false;
    this.snaps = true;
    this.guides = [];
    this.drag = null;
    this.overlay = s("svg", { id: "overlay", "aria-hidden": "true", focusable: "false" });
    this.paper.append(this.overlay);
    for (const name of ["layout", "choice", "answer"]) {
      store.addEventListener(name, () => this.draw());
    }
    store.addEventListener("answer", () => this._show());
    this.overlay.addEventListener("pointerdown", (event) => this._down(event));
    this.overlay.addEventListener("pointermove", (event) => this._move(event));
    this.overlay.addEventListener("pointerup", (event) => this._up(event));
    this.overlay.addEventListener("pointercancel", (event) => this._up(event, true));
    // On what is chosen a finger drags, elsewhere it scrolls. `touch-action` does not reach the
    // parts of a drawing, so the scrolling is prevented here.
    this.overlay.addEventListener(
      "touchstart",
      (event) => {
        const touch = event.touches[0];
        const grips = event.target.closest?.("[data-handle]");
        if (grips || this._under(touch, this.store.choice?.element)) event.preventDefault();
      },
      { passive: false },
    );
    this.paper.addEventListener("keydown", (event) => this._key(event));
    $("#zoom-in").addEventListener("click", () => this.zoom(1));
    $("#zoom-out").addEventListener("click", () => this.zoom(-1));
    $("#zoom-fit").addEventListener("click", () => this.fit());
    this._toggle("#grid", "grid");
    this._toggle("#snap", "snaps");
    this.stage.addEventListener(
      "wheel",
      (event) => {
        if (!event.ctrlKey) return;
        event.preventDefault();
        this.zoom(event.deltaY < 0 ? 1 : -1);
      },
      { passive: false },
    );
    new ResizeObserver(() => this.fitted && this.fit()).observe(this.stage);
    this.fit();
  }

  _toggle(selector, key) {
    $(selector).addEventListener("click", (event) => {
      this[key] = !this[key];
      event.currentTarget.setAttribute("aria-pressed", String(this[key]));
      this.draw();
    });
  }

  /** As large as the stage allows. */
  fit() {
    const [width, height] = geometry.size(this.store.layout);
    const across = (this.stage.clientWidth - EDGE - 2 * PAD - 2) / width;
    const down = (Math.max(260, Math.min(innerHeight * 0.62, 620)) - EDGE - 2 * PAD) / height;
    this.scale = Math.min(40, Math.max(0.5, Math.min(across, down)));
    this.fitted = true;
    this.draw();
  }

  /** @param {1 | -1} way */
  zoom(way) {
    const steps = way > 0 ? STEPS : [...STEPS].reverse();
    const next = steps.find((step) => (way > 0 ? step > this.scale * 1.02 : step < this.scale * 0.98));
    if (!next) return;
    const stage = this.stage;
    const ratio = next / this.scale;
    const middle = [stage.scrollLeft + stage.clientWidth / 2, stage.scrollTop + stage.clientHeight / 2];
    this.scale = next;
    this.fitted = false;
    this.draw();
    stage.scrollLeft = middle[0] * ratio - stage.clientWidth / 2;
    stage.scrollTop = middle[1] * ratio - stage.clientHeight / 2;
    say(w("zoom_said", { percent: this.percent() }));
  }

  /** 100 is true size on a screen that keeps to 96 px an inch. */
  percent() {
    return Math.round((this.scale * 25.4 * 100) / 96);
  }

  /** The picture of the server, exchanged when it is whole so that nothing flickers. */
  async _show() {
    const svg = this.store.answer?.svg;
    if (!svg || svg === this.shownSvg) return;
    this.shownSvg = svg;
    const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
    const fresh = h("img", { id: "picture", alt: "", draggable: "false" });
    fresh.src = url;
    try {
      await fresh.decode();
    } catch {
      // a picture that the browser cannot decode is shown as it can
    }
    if (this.shownSvg !== svg) {
      URL.revokeObjectURL(url);
      return;
    }
    URL.revokeObjectURL(this.url ?? "");
    this.url = url;
    this.picture.replaceWith(fresh);
    this.picture = fresh;
    this._place();
  }

  _place() {
    const [width, height] = geometry.size(this.store.answered);
    Object.assign(this.picture.style, {
      left: `${EDGE + PAD}px`,
      top: `${EDGE + PAD}px`,
      width: `${width * this.scale}px`,
      height: `${height * this.scale}px`,
    });
  }

  /** mm → px of the overlay. */
  px(mm) {
    return Math.round((EDGE + PAD + mm * this.scale) * 100) / 100;
  }

  draw() {
    const [width, height] = geometry.size(this.store.layout);
    const wide = EDGE + 2 * PAD + width * this.scale;
    const high = EDGE + 2 * PAD + height * this.scale;
    Object.assign(this.paper.style, { width: `${wide}px`, height: `${high}px` });
    this.overlay.setAttribute("viewBox", `0 0 ${wide} ${high}`);
    this._place();
    $("#zoom-now").textContent = `${this.percent()} %`;
    this.overlay.replaceChildren(
      this._paperShape(width, height, 0, "sheet-edge"),
      this.grid ? this._grid(width, height) : s("g"),
      this._paperShape(width, height, this.store.layout.label.safe ?? 0, "safe"),
      this._quiet(),
      this._elements(),
      this._marks(),
      this._lines(),
      this._handles(),
      this._rulers(wide, high, width, height),
    );
    this._status();
  }

  /** The label's outline, or the margin that stays free of words. */
  _paperShape(width, height, inside, name) {
    const k = this.scale;
    if (this.store.layout.label.diameter) {
      const r = Math.max(0, (width / 2 - inside) * k);
      return s("circle", { class: name, cx: this.px(width / 2), cy: this.px(height / 2), r });
    }
    const round = Math.max(0, ((this.store.layout.label.corner_radius ?? 0) - inside) * k);
    return s("rect", {
      class: name,
      x: this.px(inside),
      y: this.px(inside),
      width: Math.max(0, (width - 2 * inside) * k),
      height: Math.max(0, (height - 2 * inside) * k),
      rx: round,
    });
  }

  _grid(width, height) {
    const group = s("g", { class: "grid-lines" });
    const step = this.scale >= 5 ? 1 : 5;
    for (let at = step; at < Math.max(width, height); at += step) {
      const kind = at % 5 ? "thin" : "thick";
      if (at < width) group.append(s("path", { class: kind, d: `M${this.px(at)} ${this.px(0)}V${this.px(height)}` }));
      if (at < height) group.append(s("path", { class: kind, d: `M${this.px(0)} ${this.px(at)}H${this.px(width)}` }));
    }
    return group;
  }

  /** Symbol and quiet zone: nothing dark may lie in it. */
  _quiet() {
    const index = this.store.layout.elements.findIndex((e) => e.type === "symbol");
    const zone = this.store.answer?.zone;
    const known = this.store.known(index);
    if (!zone || !known) return s("g");
    const now = this.store.layout.elements[index];
    const grown = now.size / Math.max(0.1, known.box[2] - known.box[0]);
    const x = now.x + (zone[0] - known.x) * grown;
    const y = now.y + (zone[1] - known.y) * grown;
    return s("rect", {
      class: "quiet",
      x: this.px(x),
      y: this.px(y),
      width: (zone[2] - zone[0]) * grown * this.scale,
      height: (zone[3] - zone[1]) * grown * this.scale,
    });
  }

  /** @param {number} index @returns {Box} */
  box(index) {
    return geometry.boxOf(this.store.layout.elements[index], this.store.known(index));
  }

  _elements() {
    const group = s("g", { class: "hits" });
    this.store.layout.elements.forEach((element, index) => {
      const chosen = this.store.choice?.element === index || this.store.also.has(index);
      const name = `hit ${chosen ? "chosen" : ""} ${element.type}`;
      const data = { class: name, "data-index": index };
      const [x0, y0, x1, y1] = this.box(index);
      const shape = shapeOf(element);
      if (shape === "ends") {
        const ends = `M${this.px(element.x1)} ${this.px(element.y1)}L${this.px(element.x2)} ${this.px(element.y2)}`;
        group.append(s("path", { class: "reach", "data-index": index, d: ends }), s("path", { ...data, d: ends }));
      } else if (shape === "circle") {
        group.append(s("path", { class: "reach", "data-index": index, d: this._arc(element) }), s("path", { ...data, d: this._arc(element) }));
      } else if (shape === "oval") {
        const facts = { cx: this.px((x0 + x1) / 2), cy: this.px((y0 + y1) / 2), rx: ((x1 - x0) / 2) * this.scale, ry: ((y1 - y0) / 2) * this.scale };
        if (!element.fill) group.append(s("ellipse", { class: "reach", "data-index": index, ...facts }));
        group.append(s("ellipse", { ...data, class: `${name} ${element.fill ? "" : "hollow"}`, ...facts }));
      } else {
        const facts = { x: this.px(x0), y: this.px(y0), width: Math.max(2, (x1 - x0) * this.scale), height: Math.max(2, (y1 - y0) * this.scale) };
        const hollow = KINDS[element.type]?.hollow && !element.fill;
        if (hollow) group.append(s("rect", { class: "reach", "data-index": index, ...facts }));
        group.append(s("rect", { ...data, class: `${name} ${hollow ? "hollow" : ""}`, ...facts }));
      }
    });
    return group;
  }

  _arc(element) {
    const half = ((element.span ?? 170) / 2) * (Math.PI / 180);
    const turn = element.side === "bottom" ? -1 : 1;
    const r = element.r * this.scale;
    const at = (angle) =>
      `${this.px(element.cx + element.r * Math.sin(angle))} ${this.px(element.cy - turn * element.r * Math.cos(angle))}`;
    return `M${at(-half)}A${r} ${r} 0 ${half > Math.PI / 2 ? 1 : 0} ${turn > 0 ? 1 : 0} ${at(half)}`;
  }

  /** Outlines and badges where something is wrong. */
  _marks() {
    const group = s("g", { class: "marks" });
    const worst = new Map();
    for (const found of this.store.answer?.findings ?? []) {
      if (found.element === null || !this.store.layout.elements[found.element]) continue;
      if (worst.get(found.element) !== "error") worst.set(found.element, found.severity);
    }
    for (const [index, severity] of worst) {
      const [x0, y0, x1, y1] = this.box(index);
      const [width] = geometry.size(this.store.layout);
      const x = this.px(Math.min(x1, width));
      const y = this.px(Math.max(0, y0));
      group.append(
        s("rect", { class: `mark ${severity}`, x: this.px(x0), y: this.px(y0), width: Math.max(2, (x1 - x0) * this.scale), height: Math.max(2, (y1 - y0) * this.scale) }),
      );
      // At what is chosen the corner belongs to a handle.
      if (this.store.choice?.element === index) continue;
      group.append(
        s("g", { class: `badge ${severity}`, transform: `translate(${x} ${y})` }, s("circle", { r: 8 }), s("path", { d: "M0 -4.5V1M0 3.4V4.6" })),
      );
    }
    return group;
  }

  /** Where the dragged edges snapped. */
  _lines() {
    const [width, height] = geometry.size(this.store.layout);
    return s(
      "g",
      { class: "guides" },
      this.guides.map(({ axis, at }) =>
        s("path", {
          d: axis
            ? `M${this.px(0) - PAD} ${this.px(at)}H${this.px(width) + PAD}`
            : `M${this.px(at)} ${this.px(0) - PAD}V${this.px(height) + PAD}`,
        }),
      ),
    );
  }

  _handles() {
    const group = s("g", { class: "handles" });
    const element = this.store.element;
    if (!element) return group;
    const index = this.store.choice.element;
    const [x0, y0, x1, y1] = this.box(index);
    const small = Math.min(x1 - x0, y1 - y0) * this.scale < 44;
    for (const handle of geometry.handlesOf(element)) {
      // Of a small box the handles in the middle would cover what is to be dragged.
      if (small && handle.length === 1 && shapeOf(element) !== "circle") continue;
      let x = (x0 + x1) / 2;
      let y = (y0 + y1) / 2;
      if (shapeOf(element) === "ends") {
        [x, y] = handle === "from" ? [element.x1, element.y1] : [element.x2, element.y2];
      } else {
        if (handle.includes("w")) x = x0;
        if (handle.includes("e")) x = x1;
        if (handle.includes("n")) y = y0;
        if (handle.includes("s")) y = y1;
      }
      group.append(
        s("g", { class: `handle ${handle}`, "data-handle": handle, transform: `translate(${this.px(x)} ${this.px(y)})` },
          s("circle", { class: "grip", r: 13 }),
          s("rect", { x: -5, y: -5, width: 10, height: 10, rx: 2 })),
      );
    }
    return group;
  }

  _rulers(wide, high, width, height) {
    const group = s("g", { class: "rulers" });
    group.append(
      s("rect", { class: "band", width: wide, height: EDGE - 4 }),
      s("rect", { class: "band", width: EDGE - 4, height: high }),
    );
    const step = this.scale >= 5 ? 1 : this.scale >= 2 ? 5 : 10;
    const named = this.scale >= 16 ? 5 : this.scale >= 3 ? 10 : this.scale >= 1.2 ? 20 : 50;
    const ticks = (length, put) => {
      for (let at = 0; at <= length + 0.001; at += step) {
        put(at, at % named === 0 ? 9 : at % 5 === 0 ? 6 : 3.5, at % named === 0);
      }
    };
    const box = this.store.choice ? this.box(this.store.choice.element) : null;
    if (box) {
      group.append(
        s("rect", { class: "extent", x: this.px(box[0]), width: Math.max(1, (box[2] - box[0]) * this.scale), height: EDGE - 4 }),
        s("rect", { class: "extent", y: this.px(box[1]), height: Math.max(1, (box[3] - box[1]) * this.scale), width: EDGE - 4 }),
      );
    }
    ticks(width, (at, long, words) => {
      group.append(s("path", { d: `M${this.px(at)} ${EDGE - 4}v${-long}` }));
      if (words) group.append(s("text", { x: this.px(at) + 2, y: 10 }, String(at)));
    });
    ticks(height, (at, long, words) => {
      group.append(s("path", { d: `M${EDGE - 4} ${this.px(at)}h${-long}` }));
      if (words) group.append(s("text", { x: 1, y: this.px(at) + 9 }, String(at)));
    });
    group.append(s("rect", { class: "band", width: EDGE - 4, height: EDGE - 4 }), s("text", { x: 2, y: 15 }, "mm"));
    return group;
  }

  /** Below the drawing: what is chosen, and its numbers. */
  _status() {
    const place = $("#chosen-words");
    const element = this.store.element;
    $("#chosen-edit").hidden = !element;
    if (!element) {
      const [width, height] = geometry.size(this.store.layout);
      place.textContent = w("label_words", { width: shown(width), height: shown(height) });
      return;
    }
    const { kind, detail } = called(element);
    const box = this.box(this.store.choice.element);
    const numbers = w("box_words", { x: shown(box[0]), y: shown(box[1]), w: shown(box[2] - box[0]), h: shown(box[3] - box[1]) });
    place.textContent = `${kind}${detail ? ` “${detail.slice(0, 40)}”` : ""} · ${numbers}`;
  }

  // --- pointer ---

  _down(event) {
    if (event.button !== 0 || this.drag) return;
    const handle = event.target.closest?.("[data-handle]")?.dataset.handle ?? "";
    const hit = event.target.closest?.("[data-index]");
    if (!handle && !hit) {
      this.store.choose(null);
      return;
    }
    let index = this.store.choice?.element;
    const several = event.shiftKey || event.ctrlKey || event.metaKey || $("#several").getAttribute("aria-pressed") === "true";
    if (!handle && several) {
      this.store.toggle(Number(hit.dataset.index));
      this.paper.focus({ preventScroll: true });
      event.preventDefault();
      return;
    }
    if (!handle) {
      const found = Number(hit.dataset.index);
      // What is chosen stays chosen while one presses on it: it may lie below something else.
      if (!this._under(event, index)) index = found;
      const was = this.store.choice?.element;
      if (!this.store.chosen.includes(index)) this.store.choose(index, null);
      // A finger that scrolls the page must not drag what it happens to touch: choose first.
      if (event.pointerType === "touch" && was !== index) return;
    }
    this.paper.focus({ preventScroll: true });
    event.preventDefault();
    try {
      this.overlay.setPointerCapture(event.pointerId);
    } catch {
      // the pointer is gone already
    }
    const before = structuredClone(this.store.layout.elements[index]);
    const along = handle ? [] : this.store.chosen.filter((other) => other !== index);
    const box = geometry.boxOf(before, this.store.known(index));
    const others = this.store.layout.elements
      .map((_, other) => other)
      .filter((other) => other !== index && !along.includes(other))
      .map((other) => this.box(other));
    this.drag = {
      pointer: event.pointerId,
      index,
      handle,
      before,
      along: along.map((other) => [other, structuredClone(this.store.layout.elements[other])]),
      box,
      from: [event.clientX, event.clientY],
      lines: geometry.guides(this.store.layout, others),
      key: `drag-${performance.now()}`,
      moved: false,
    };
    this.paper.classList.add("dragging");
  }

  _under(event, index) {
    if (index === undefined) return false;
    return document
      .elementsFromPoint(event.clientX, event.clientY)
      .some((part) => part.dataset?.index === String(index));
  }

  _move(event) {
    const drag = this.drag;
    if (!drag || event.pointerId !== drag.pointer) return;
    let dx = (event.clientX - drag.from[0]) / this.scale;
    let dy = (event.clientY - drag.from[1]) / this.scale;
    if (!drag.moved && Math.hypot(dx, dy) * this.scale < 3) return;
    drag.moved = true;
    if (event.shiftKey && !drag.handle) {
      if (Math.abs(dx) > Math.abs(dy)) dy = 0;
      else dx = 0;
    }
    [dx, dy] = this._snapped(drag, dx, dy, this.snaps && !event.altKey);
    this.store.change((layout) => this._apply(layout, drag, dx, dy), drag.key);
    this.draw();
  }

  _apply(layout, drag, dx, dy) {
    const element = layout.elements[drag.index];
    if (!element) return;
    if (drag.handle) geometry.resize(element, drag.before, drag.box, drag.handle, dx, dy, layout);
    else geometry.move(element, drag.before, dx, dy, layout);
    for (const [other, before] of drag.along) geometry.move(layout.elements[other], before, dx, dy, layout);
  }

  /** dx, dy brought to guides, to the grid where it is shown, else to tenths of a millimetre. */
  _snapped(drag, dx, dy, snaps) {
    this.guides = [];
    const moving = drag.handle === "from" || drag.handle === "to" ? null : geometry.edges(drag.box, drag.handle);
    const end = drag.handle === "from" ? [drag.before.x1, drag.before.y1] : [drag.before.x2, drag.before.y2];
    return [dx, dy].map((by, axis) => {
      const own = moving ? moving[axis] : [end[axis]];
      if (!own.length) return by;
      if (snaps) {
        const found = geometry.snap(own.map((edge) => edge + by), drag.lines[axis], NEAR / this.scale);
        if (found) {
          this.guides.push({ axis, at: found.at });
          return by + found.by;
        }
        if (this.grid) return Math.round(own[0] + by) - own[0];
      }
      return Math.round((own[0] + by) * 10) / 10 - own[0];
    });
  }

  _up(event, given_up = false) {
    const drag = this.drag;
    if (!drag || event.pointerId !== drag.pointer) return;
    this.drag = null;
    this.guides = [];
    this.paper.classList.remove("dragging");
    if (given_up && drag.moved) this.store.undo();
    this.store.seal();
    this.draw();
  }

  // --- keyboard ---

  _key(event) {
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const way = ways[event.key];
    const count = this.store.layout.elements.length;
    const at = this.store.choice?.element;
    if (way && this.store.element && !event.ctrlKey && !event.metaKey) {
      const step = event.shiftKey ? 1 : 0.1;
      this._nudge(way[0] * step, way[1] * step, event.altKey);
    } else if (event.key === "PageDown" || event.key === "PageUp") {
      const next = at === undefined ? (event.key === "PageDown" ? 0 : count - 1) : (at + (event.key === "PageDown" ? 1 : count - 1)) % count;
      this.store.choose(next);
      this._tell();
    } else if (event.key === "Escape") {
      if (this.drag) this._up({ pointerId: this.drag.pointer }, true);
      else this.store.choose(null);
    } else if (event.key === "Enter" && this.store.element) {
      $("#panel input, #panel textarea, #panel select")?.focus();
    } else if (event.key === "+" || event.key === "=") {
      this.zoom(1);
    } else if (event.key === "-") {
      this.zoom(-1);
    } else if (event.key === "0") {
      this.fit();
    } else {
      return;
    }
    event.preventDefault();
  }

  /** By keys: move, or with Alt the lower right corner. */
  _nudge(dx, dy, resizing) {
    const index = this.store.choice.element;
    const before = this.store.layout.elements[index];
    const box = this.box(index);
    const key = `${resizing ? "size" : "nudge"}-${index}`;
    this.store.change((layout) => {
      const element = layout.elements[index];
      if (!resizing) {
        for (const other of this.store.chosen) {
          const one = layout.elements[other];
          geometry.move(one, structuredClone(one), dx, dy, layout);
        }
      }
      else geometry.resize(element, before, box, shapeOf(element) === "ends" ? "to" : "se", dx, dy, layout);
    }, key);
    clearTimeout(this.rest);
    this.rest = setTimeout(() => {
      this.store.seal();
      this._tell();
    }, 900);
  }

  _tell() {
    say($("#chosen-words").textContent);
  }
}
