// Making parts of the page. No markup from strings: nothing that was typed can become a tag.

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element with attributes (`on…` are listeners, null leaves one out) and children.
 * @param {string} name @param {Record<string, any>} [facts] @param {(Node | string | null)[]} kids
 * @returns {any}
 */
export function h(name, facts = {}, ...kids) {
  return filled(document.createElement(name), facts, kids);
}

/** The same for a part of a drawing. @returns {any} */
export function s(name, facts = {}, ...kids) {
  return filled(document.createElementNS(SVG, name), facts, kids);
}

function filled(made, facts, kids) {
  for (const [key, value] of Object.entries(facts)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key === "value" || key === "checked" || key === "disabled") made[key] = value;
    else made.setAttribute(key, value === true ? "" : String(value));
  }
  made.append(...kids.flat().filter((kid) => kid !== null && kid !== undefined));
  return made;
}

/** The part of the page *selector* names. @returns {any} */
export const $ = (selector) => document.querySelector(selector);

/** Say *words* to who listens to the page. @param {string} words */
export function say(words) {
  const place = $("#editor-said");
  place.textContent = "";
  requestAnimationFrame(() => (place.textContent = words));
}
