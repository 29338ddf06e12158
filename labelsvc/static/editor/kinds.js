// The kinds of elements: one entry each. A further kind that has one of the shapes is an entry here.

import { ALIGN, BOX, choice, colour, DRAWN, FINE, item, LETTERS, LOOK, mm, PLACE, STROKE, TEXT, VALIGN, WHEN, WORDS } from "./fields.js";

/**
 * @typedef {import("./fields.js").Group} Group
 * @typedef {"box" | "square" | "scaled" | "oval" | "circle" | "ends"} Shape  which keys hold its place:
 *   x y w h; x y size; x y and the server's box; cx cy rx ry; cx cy r; x1 y1 x2 y2
 * @typedef {{x: number, y: number, w: number, h: number}} Place  a box in the middle of the label
 * @typedef {{icon: string, shape: Shape, groups: Group[],
 *   inside?: boolean, hollow?: boolean, note?: string, scale?: string, wide?: number,
 *   fresh?: (box: Place, width: number, height: number) => Record<string, any>}} Kind
 *   icon: a drawing of 16 × 16; inside: its box stays on the label; hollow: without a fill only its
 *   edge is taken hold of; scale: the key that a scaled one is resized by; wide: its width in that;
 *   fresh: a new one on a label width × height, absent where there is none to add
 */

const round = (value) => Math.round(value * 10) / 10;
const middle = (width, height) => ({ cx: round(width / 2), cy: round(height / 2) });
const SHAPE = { fill: null, stroke: "#000000", stroke_width: 0.2 };

/** In the order in which they are offered. @type {Record<string, Kind>} */
export const KINDS = {
  text: {
    icon: "M3 4h10M8 4v9",
    shape: "box",
    inside: true,
    note: "text",
    groups: [
      PLACE(BOX),
      WORDS,
      LETTERS,
      { ...FINE, fields: [VALIGN, choice("rotate", ["0", "90", "180", "270"]), ...FINE.fields] },
      WHEN,
    ],
    fresh: (box) => ({ ...TEXT, type: "text", ...box, text: "{product_name}", valign: "top", rotate: 0 }),
  },
  stack: {
    icon: "M3 4h10M3 8h7M3 12h9",
    shape: "box",
    inside: true,
    groups: [PLACE([...BOX, VALIGN, mm("gap")]), WHEN],
    fresh: (box, _, height) => ({ ...DRAWN, type: "stack", ...box, h: Math.min(12, round(height / 2)), valign: "top", gap: 0.6, items: [item("text")] }),
  },
  stars: {
    icon: "m8 2 1.8 3.9 4.2.5-3.1 2.9.8 4.2L8 11.4l-3.7 2.1.8-4.2L2 6.4l4.2-.5z",
    shape: "scaled",
    scale: "size",
    wide: 6,
    groups: [PLACE([mm("x"), mm("y"), mm("size"), mm("w", { optional: true })]), LOOK([colour("colour"), ALIGN, { key: "spacing", type: "number", step: 0.05 }]), WHEN],
    fresh: ({ x, y }) => ({ ...DRAWN, type: "stars", x, y, w: null, size: 2.5, spacing: 0.25, align: "left", colour: "#000000" }),
  },
  image: {
    icon: "M2.5 3.5h11v9h-11zM3 11l3-3 2.5 2.5L11 7l2.5 3",
    shape: "box",
    inside: true,
    groups: [PLACE(BOX), LOOK([choice("image", ["mark", "logo", "photo"]), ALIGN, VALIGN]), WHEN],
    fresh: (box, _, height) => ({ ...DRAWN, type: "image", ...box, h: Math.min(15, round(height / 2)), image: "logo", align: "center", valign: "middle" }),
  },
  arc: {
    icon: "M2 12a6 6 0 0 1 12 0",
    shape: "circle",
    note: "text",
    groups: [PLACE([mm("cx"), mm("cy"), mm("r"), { key: "span", type: "number", unit: "°", step: 5 }, choice("side", ["top", "bottom"])]), WORDS, LETTERS, FINE, WHEN],
    fresh: (_, width, height) => ({ ...TEXT, type: "arc", ...middle(width, height), r: round(Math.min(width, height) * 0.4), side: "top", span: 170, text: "{product_name}" }),
  },
  line: {
    icon: "M2.5 13 13.5 3",
    shape: "ends",
    groups: [PLACE([mm("x1"), mm("y1"), mm("x2"), mm("y2")]), LOOK([mm("width", { step: 0.05 }), colour("colour"), { key: "dash", type: "numbers", unit: "mm", optional: true }]), WHEN],
    fresh: ({ x, w }, width, height) => ({ ...DRAWN, type: "line", x1: x, y1: middle(width, height).cy, x2: round(x + w), y2: middle(width, height).cy, width: 0.2, colour: "#000000", dash: [] }),
  },
  rect: {
    icon: "M2.5 4.5h11v7h-11z",
    shape: "box",
    hollow: true,
    groups: [PLACE(BOX), LOOK([...STROKE, mm("radius")]), WHEN],
    fresh: (box) => ({ ...DRAWN, type: "rect", ...box, radius: 0, ...SHAPE }),
  },
  ellipse: {
    icon: "M8 3.5a5.5 4.5 0 1 0 0 9a5.5 4.5 0 1 0 0-9",
    shape: "oval",
    hollow: true,
    groups: [PLACE([mm("cx"), mm("cy"), mm("rx"), mm("ry", { optional: true })]), LOOK(STROKE), WHEN],
    fresh: ({ w }, width, height) => ({ ...DRAWN, type: "ellipse", ...middle(width, height), rx: Math.min(8, w / 2), ry: null, ...SHAPE }),
  },
  path: {
    icon: "M2 9q3-6 6 0t6 0",
    shape: "scaled",
    scale: "scale",
    groups: [PLACE([mm("x"), mm("y"), { key: "scale", type: "number", step: 0.05 }]), LOOK([...STROKE, { key: "even_odd", type: "check" }]), { title: "group_path", closed: true, fields: [{ key: "d", type: "lines", wide: true }] }, WHEN],
    fresh: ({ x, y }) => ({ ...DRAWN, type: "path", d: "M0 3Q3 0 6 3T12 3", x, y, scale: 1, ...SHAPE, even_odd: false }),
  },
  symbol: {
    icon: "M2 2h5v5H2zM9 2h5v5H9zM2 9h5v5H2zM10 10h1v1M13 13h1M10 14h1M13 10h1",
    shape: "square",
    inside: true,
    note: "symbol",
    groups: [
      PLACE([mm("x"), mm("y"), mm("size", {})]),
      LOOK([choice("level", ["L", "M", "Q", "H"]), mm("min_module", { step: 0.005 }), colour("colour"), colour("ground", { optional: true })]),
      { ...WHEN, fields: [WHEN.fields[2]] },
    ],
  },
};

/** The shape of *element*. @param {Record<string, any>} element @returns {Shape} */
export const shapeOf = (element) => KINDS[element.type]?.shape ?? "box";

/** A new element of *kind*, in the middle of a label *width* × *height*. */
export function fresh(kind, width, height) {
  const w = Math.min(30, Math.round(width * 6) / 10);
  const h = Math.min(6, Math.round(height * 3) / 10);
  const x = Math.round((width - w) * 5) / 10;
  const y = Math.round((height - h) * 5) / 10;
  return KINDS[kind].fresh({ x, y, w, h }, width, height);
}
