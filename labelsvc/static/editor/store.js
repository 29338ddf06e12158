// The layout that is being made: one copy of the truth, its history, and what is chosen.

/** @typedef {import("./words.js").Layout} Layout */
/** @typedef {{element: number, item: number | null} | null} Choice */

/** Steps that can be undone. */
const MOST = 200;
/** Milliseconds without a change after which the next one is a step of its own. */
const QUIET = 1000;

/**
 * Events: `layout` (the layout is another), `choice` (another element), `answer` (the server drew
 * it), `saved` (what is kept changed).
 */
export class Store extends EventTarget {
  /** @param {Layout} layout @param {number} version */
  constructor(layout, version) {
    super();
    /** @type {Layout} */
    this.layout = layout;
    this.version = version;
    this.kept = JSON.stringify(layout);
    /** @type {Choice} */
    this.choice = null;
    /** Further elements that move, align and go with the chosen one. @type {Set<number>} */
    this.also = new Set();
    /** @type {Record<string, any> | null} */
    this.answer = null;
    /** The layout that `answer` was made for. @type {Layout} */
    this.answered = layout;
    this.undone = [];
    this.done = [];
    /** Changes with the same key make one step until `seal`, or until nothing came for a while. */
    this.key = null;
    this.changed = -QUIET;
  }

  get dirty() {
    return JSON.stringify(this.layout) !== this.kept;
  }

  /** The chosen element, or null. */
  get element() {
    return this.choice ? (this.layout.elements[this.choice.element] ?? null) : null;
  }

  /**
   * Change a copy of the layout by *act*; one step of the history, with the ones of the same *key*.
   * @param {(layout: Layout) => void} act @param {string | null} key
   */
  change(act, key = null) {
    const fresh = structuredClone(this.layout);
    const choice = this.choice;
    act(fresh);
    if (JSON.stringify(fresh) === JSON.stringify(this.layout)) return;
    const now = performance.now();
    const quiet = now - this.changed > QUIET;
    this.changed = now;
    if (key === null || key !== this.key || quiet) {
      this.done.push({ layout: this.layout, choice });
      if (this.done.length > MOST) this.done.shift();
    }
    this.undone = [];
    this.key = key;
    this._put(fresh);
  }

  /** The next change is a step of its own. */
  seal() {
    this.key = null;
  }

  undo() {
    this._step(this.done, this.undone);
  }

  redo() {
    this._step(this.undone, this.done);
  }

  _step(from, to) {
    const step = from.pop();
    if (!step) return;
    to.push({ layout: this.layout, choice: this.choice });
    this.key = null;
    this.choice = step.choice;
    this._put(step.layout);
    this.dispatchEvent(new Event("choice"));
  }

  _put(layout) {
    if (layout.elements.length !== this.layout.elements.length) this.also.clear();
    this.layout = layout;
    if (this.choice && !layout.elements[this.choice.element]) this.choice = null;
    this.dispatchEvent(new Event("layout"));
  }

  /** @param {number | null} element @param {number | null} item */
  choose(element, item = null) {
    this.key = null;
    const same = this.choice?.element === element && this.choice?.item === item && !this.also.size;
    this.also.clear();
    if (same || (element === null && this.choice === null)) return;
    this.choice = element === null ? null : { element, item };
    this.dispatchEvent(new Event("choice"));
  }

  /** Take *index* to what is chosen, or out of it. @param {number} index */
  toggle(index) {
    this.key = null;
    const now = this.choice?.element;
    if (now === undefined) this.choice = { element: index, item: null };
    else if (now === index) {
      const [next] = this.also;
      this.also.delete(next);
      this.choice = next === undefined ? null : { element: next, item: null };
    } else if (!this.also.delete(index)) this.also.add(index);
    this.dispatchEvent(new Event("choice"));
  }

  /** All that is chosen, in the order of drawing. @returns {number[]} */
  get chosen() {
    return this.choice ? [this.choice.element, ...this.also].sort((a, b) => a - b) : [];
  }

  /** What the server drew of *layout*. */
  receive(answer, layout) {
    // A layout that cannot be drawn keeps the last picture; the findings are the new ones.
    this.answer = answer.svg ? answer : { ...this.answer, ...answer, svg: this.answer?.svg ?? null };
    if (answer.svg) this.answered = layout;
    this.dispatchEvent(new Event("answer"));
  }

  /** *layout* is what is kept now, as *version*. */
  keep(layout, version) {
    this.kept = JSON.stringify(layout);
    this.version = version;
    this.dispatchEvent(new Event("saved"));
  }

  /** Box and place of element *index* as the server last drew it, if it is still the same kind. */
  known(index) {
    const box = this.answer?.boxes?.[index];
    const then = this.answered.elements[index];
    if (!box || !then || then.type !== this.layout.elements[index]?.type) return null;
    return { box, x: then.x, y: then.y };
  }
}
