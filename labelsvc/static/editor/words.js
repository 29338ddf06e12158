// What the page brought along: the layout, the words in the reader's language, addresses.

/**
 * @typedef {Record<string, any>} Element  one of `[[elements]]`; docs/layouts.md names its keys
 * @typedef {{elements: Element[], label: Record<string, any>, sheet: Record<string, any>,
 *   colours: Record<string, string>, forms: string[]} & Record<string, any>} Layout
 * @typedef {[number, number, number, number]} Box  x0, y0, x1, y1 in mm
 * @typedef {{severity: "error" | "warning", element: number | null, item: number | null,
 *   field: string, message: string, fix: string, source: string, where: Box | null}} Finding
 * @typedef {{name: string, label: string, sample: string, unit: boolean}} Variable
 * @typedef {{name: string, title: string, own: boolean, unsure: boolean, round: boolean,
 *   width: number, height: number, corner: number, per_page: number}} Article
 * @typedef {{layout: Layout, version: number, language: string, variables: Variable[],
 *   conditions: {name: string, label: string}[], lots: {id: number, words: string}[],
 *   families: {name: string, title: string, palettes: {name: string, title: string, strong: string, accent: string}[]}[],
 *   articles: Article[], words: Record<string, string>,
 *   urls: Record<string, string>}} Setup
 */

/** @type {Setup} */
export const setup = JSON.parse(document.querySelector("#editor-setup").textContent);

/**
 * The sentence *key*, its {places} filled.
 * @param {string} key @param {Record<string, string | number>} [params]
 */
export function w(key, params = {}) {
  const words = setup.words[key] ?? key;
  return words.replace(/\{(\w+)\}/g, (whole, name) => String(params[name] ?? whole));
}

/** A number as the reader writes it: 12,5 or 12.5. @param {number | null | undefined} value */
export function shown(value) {
  if (value === null || value === undefined) return "";
  const text = String(Math.round(value * 1000) / 1000);
  return setup.language === "vi" ? text.replace(".", ",") : text;
}

/** The number that was typed, with a comma or a point; NaN where it is none. @param {string} text */
export function typed(text) {
  const plain = text.trim().replace(",", ".");
  return /^-?\d+(\.\d*)?$|^-?\.\d+$/.test(plain) ? Number(plain) : Number.NaN;
}

/** The label of a variable. @param {string} name */
export function variable(name) {
  return setup.variables.find((v) => v.name === name)?.label ?? name;
}

/** What an element is called in lists and aloud. @param {Element} element */
export function called(element) {
  const kind = w(`kind_${element.type}`);
  const words = element.text ?? (element.items ?? []).find((item) => item.text)?.text ?? "";
  const said = words
    .replace(/\{(\w+)\}/g, (_, name) => variable(name))
    .replace(/\*\*|[[\]]/g, "")
    .replace(/\s+/g, " ")
    .trim();
  const detail = said || (element.id?.startsWith("dress-") ? w("dress_part") : "") || (element.image ? w(`image_${element.image}`) : element.id || "");
  return { kind, detail };
}
