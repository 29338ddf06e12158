// Which numbers and words each kind of element has, in the order in which the panel shows them.

/**
 * @typedef {{key: string, type: "number" | "whole" | "text" | "template" | "choice" | "colour" |
 *   "check" | "variable" | "numbers" | "lines", optional?: boolean, step?: number, unit?: string,
 *   options?: string[], values?: [string, string], wide?: boolean}} Field
 * @typedef {{title: string, fields: Field[], closed?: boolean}} Group
 */

const mm = (key, more = {}) => ({ key, type: "number", unit: "mm", step: 0.1, ...more });
const pt = (key, more = {}) => ({ key, type: "number", unit: "pt", step: 0.1, ...more });
const choice = (key, options, more = {}) => ({ key, type: "choice", options, ...more });
const colour = (key, more = {}) => ({ key, type: "colour", ...more });

const WEIGHTS = ["regular", "medium", "semibold", "bold", "italic"];
const ALIGN = choice("align", ["left", "center", "right"]);
const VALIGN = choice("valign", ["top", "middle", "bottom"]);
const BOX = [mm("x"), mm("y"), mm("w"), mm("h")];
const STROKE = [colour("fill", { optional: true }), colour("stroke", { optional: true }), mm("stroke_width")];

const WORDS = { title: "group_text", fields: [{ key: "text", type: "template", wide: true }] };
const LETTERS = {
  title: "group_letters",
  fields: [
    pt("size"),
    pt("min_size", { optional: true }),
    choice("weight", WEIGHTS),
    ALIGN,
    colour("colour"),
    { key: "max_lines", type: "whole", optional: true, step: 1 },
  ],
};
const FINE = {
  title: "group_fine",
  closed: true,
  fields: [
    choice("bold_weight", WEIGHTS),
    { key: "leading", type: "number", unit: "em", step: 0.05 },
    { key: "tracking", type: "number", unit: "‰ em", step: 5 },
    { key: "balance", type: "check" },
    { key: "upper", type: "check" },
    { key: "lang", type: "check", values: ["vi", "en"], wide: true },
  ],
};
/** When it is drawn, and its name: for every kind. */
const WHEN = {
  title: "group_when",
  closed: true,
  fields: [
    { key: "when", type: "variable", optional: true },
    { key: "unless", type: "variable", optional: true },
    { key: "id", type: "text", optional: true, wide: true },
  ],
};
const PLACE = (fields) => ({ title: "group_place", fields });
const LOOK = (fields) => ({ title: "group_look", fields });

/** @type {Record<string, Group[]>} */
export const GROUPS = {
  text: [
    PLACE(BOX),
    WORDS,
    LETTERS,
    { ...FINE, fields: [VALIGN, choice("rotate", ["0", "90", "180", "270"]), ...FINE.fields] },
    WHEN,
  ],
  stack: [PLACE([...BOX, VALIGN, mm("gap")]), WHEN],
  arc: [PLACE([mm("cx"), mm("cy"), mm("r"), { key: "span", type: "number", unit: "°", step: 5 }, choice("side", ["top", "bottom"])]), WORDS, LETTERS, FINE, WHEN],
  symbol: [
    PLACE([mm("x"), mm("y"), mm("size", {})]),
    LOOK([choice("level", ["L", "M", "Q", "H"]), mm("min_module", { step: 0.005 }), colour("colour"), colour("ground", { optional: true })]),
    { ...WHEN, fields: [WHEN.fields[2]] },
  ],
  stars: [PLACE([mm("x"), mm("y"), mm("size"), mm("w", { optional: true })]), LOOK([colour("colour"), ALIGN, { key: "spacing", type: "number", step: 0.05 }]), WHEN],
  rect: [PLACE(BOX), LOOK([...STROKE, mm("radius")]), WHEN],
  ellipse: [PLACE([mm("cx"), mm("cy"), mm("rx"), mm("ry", { optional: true })]), LOOK(STROKE), WHEN],
  line: [PLACE([mm("x1"), mm("y1"), mm("x2"), mm("y2")]), LOOK([mm("width", { step: 0.05 }), colour("colour"), { key: "dash", type: "numbers", unit: "mm", optional: true }]), WHEN],
  path: [PLACE([mm("x"), mm("y"), { key: "scale", type: "number", step: 0.05 }]), LOOK([...STROKE, { key: "even_odd", type: "check" }]), { title: "group_path", closed: true, fields: [{ key: "d", type: "lines", wide: true }] }, WHEN],
  image: [PLACE(BOX), LOOK([choice("image", ["mark", "logo", "photo"]), ALIGN, VALIGN]), WHEN],
};

/** Of the items inside a stack. @type {Record<string, Field[]>} */
export const ITEMS = {
  text: [WORDS.fields[0], ...LETTERS.fields, mm("gap", { optional: true }), ...FINE.fields, ...WHEN.fields],
  stars: [mm("size"), colour("colour"), ALIGN, { key: "spacing", type: "number", step: 0.05 }, mm("gap", { optional: true }), ...WHEN.fields],
  rule: [mm("width", { step: 0.05 }), mm("length", { optional: true }), colour("colour"), ALIGN, mm("gap", { optional: true }), ...WHEN.fields],
};

/** Of the layout and its label. A dot goes into a part: `label.width`. @type {Group[]} */
export const LABEL = [
  {
    title: "group_names",
    fields: [
      { key: "title_vi", type: "text", wide: true },
      { key: "title_en", type: "text", wide: true },
      choice("purpose", ["seal", "full_label", "tag", "card"], { wide: true }),
    ],
  },
  { title: "group_label", fields: [mm("label.width"), mm("label.height"), mm("label.diameter"), mm("label.corner_radius"), mm("label.safe")] },
];
export const SHEET = [
  { key: "sheet.page", type: "choice", options: ["", "A4", "A5", "A6", "Letter"], wide: true },
  { key: "sheet.columns", type: "whole", step: 1 },
  { key: "sheet.rows", type: "whole", step: 1 },
  mm("sheet.margin_left", { optional: true }),
  mm("sheet.margin_top", { optional: true }),
  mm("sheet.pitch_x", { optional: true }),
  mm("sheet.pitch_y", { optional: true }),
];

const TEXT = { when: null, unless: null, id: null, size: 6.5, min_size: 5, weight: "regular", bold_weight: "semibold", align: "left", colour: "#000000", leading: 1.3, tracking: 0, upper: false, max_lines: null, balance: false, lang: "vi" };
const DRAWN = { when: null, unless: null, id: null };

/** A new element of *kind*, in the middle of a label *width* × *height*. */
export function fresh(kind, width, height) {
  const w = Math.min(30, Math.round(width * 6) / 10);
  const h = Math.min(6, Math.round(height * 3) / 10);
  const x = Math.round((width - w) * 5) / 10;
  const y = Math.round((height - h) * 5) / 10;
  const box = { x, y, w, h };
  const middle = { cx: Math.round(width * 5) / 10, cy: Math.round(height * 5) / 10 };
  const shape = { fill: null, stroke: "#000000", stroke_width: 0.2 };
  switch (kind) {
    case "text":
      return { ...TEXT, type: "text", ...box, text: "{product_name}", valign: "top", rotate: 0 };
    case "stack":
      return { ...DRAWN, type: "stack", ...box, h: Math.min(12, Math.round(height * 5) / 10), valign: "top", gap: 0.6, items: [item("text")] };
    case "arc":
      return { ...TEXT, type: "arc", ...middle, r: Math.round(Math.min(width, height) * 4) / 10, side: "top", span: 170, text: "{product_name}" };
    case "stars":
      return { ...DRAWN, type: "stars", x, y, w: null, size: 2.5, spacing: 0.25, align: "left", colour: "#000000" };
    case "rect":
      return { ...DRAWN, type: "rect", ...box, radius: 0, ...shape };
    case "ellipse":
      return { ...DRAWN, type: "ellipse", ...middle, rx: Math.min(8, w / 2), ry: null, ...shape };
    case "line":
      return { ...DRAWN, type: "line", x1: x, y1: middle.cy, x2: Math.round((x + w) * 10) / 10, y2: middle.cy, width: 0.2, colour: "#000000", dash: [] };
    case "path":
      return { ...DRAWN, type: "path", d: "M0 3Q3 0 6 3T12 3", x, y, scale: 1, ...shape, even_odd: false };
    default:
      return { ...DRAWN, type: "image", ...box, h: Math.min(15, Math.round(height * 5) / 10), image: "logo", align: "center", valign: "middle" };
  }
}

/** A new item of a stack. */
export function item(kind) {
  if (kind === "text") return { ...TEXT, type: "text", text: "{product_name}", gap: null };
  if (kind === "stars") return { ...DRAWN, type: "stars", size: 2.5, spacing: 0.25, colour: "#000000", align: "left", gap: null };
  return { ...DRAWN, type: "rule", width: 0.2, length: null, colour: "#000000", align: "left", gap: null };
}
