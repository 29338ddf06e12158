// Fields of the panel: those that kinds of elements share, those of a stack's items, of the label and its sheet.

/**
 * @typedef {{key: string, type: "number" | "whole" | "text" | "template" | "choice" | "colour" |
 *   "check" | "variable" | "numbers" | "lines", optional?: boolean, step?: number, unit?: string,
 *   options?: string[], values?: [string, string], wide?: boolean}} Field
 * @typedef {{title: string, fields: Field[], closed?: boolean}} Group
 */

export const mm = (key, more = {}) => ({ key, type: "number", unit: "mm", step: 0.1, ...more });
const pt = (key, more = {}) => ({ key, type: "number", unit: "pt", step: 0.1, ...more });
export const choice = (key, options, more = {}) => ({ key, type: "choice", options, ...more });
export const colour = (key, more = {}) => ({ key, type: "colour", ...more });

const WEIGHTS = ["regular", "medium", "semibold", "bold", "italic"];
export const ALIGN = choice("align", ["left", "center", "right"]);
export const VALIGN = choice("valign", ["top", "middle", "bottom"]);
export const BOX = [mm("x"), mm("y"), mm("w"), mm("h")];
export const STROKE = [colour("fill", { optional: true }), colour("stroke", { optional: true }), mm("stroke_width")];

export const WORDS = { title: "group_text", fields: [{ key: "text", type: "template", wide: true }] };
export const LETTERS = {
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
export const FINE = {
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
export const WHEN = {
  title: "group_when",
  closed: true,
  fields: [
    { key: "when", type: "variable", optional: true },
    { key: "unless", type: "variable", optional: true },
    { key: "id", type: "text", optional: true, wide: true },
  ],
};
export const PLACE = (fields) => ({ title: "group_place", fields });
export const LOOK = (fields) => ({ title: "group_look", fields });

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

/** What a new text has, and every new element. */
export const TEXT = { when: null, unless: null, id: null, size: 6.5, min_size: 5, weight: "regular", bold_weight: "semibold", align: "left", colour: "#000000", leading: 1.3, tracking: 0, upper: false, max_lines: null, balance: false, lang: "vi" };
export const DRAWN = { when: null, unless: null, id: null };

/** A new item of a stack. */
export function item(kind) {
  if (kind === "text") return { ...TEXT, type: "text", text: "{product_name}", gap: null };
  if (kind === "stars") return { ...DRAWN, type: "stars", size: 2.5, spacing: 0.25, colour: "#000000", align: "left", gap: null };
  return { ...DRAWN, type: "rule", width: 0.2, length: null, colour: "#000000", align: "left", gap: null };
}
