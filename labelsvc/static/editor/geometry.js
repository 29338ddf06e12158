// Where elements are, and what moving and resizing makes of their numbers. Pure: no page, no state.

import { KINDS, shapeOf } from "./kinds.js";

/** @typedef {import("./words.js").Box} Box */
/** @typedef {import("./words.js").Element} Element */
/** @typedef {import("./words.js").Layout} Layout */

/** Hundredths of a millimetre are what a layout holds. @param {number} value */
export const round = (value) => Math.round(value * 100) / 100;

/** Whether the layout language keeps its box on the label. @param {Element} element */
const inside = (element) => Boolean(KINDS[element.type]?.inside);

/** Width and height of the label, mm. @param {Layout} layout @returns {[number, number]} */
export function size(layout) {
  const { width, height, diameter } = layout.label;
  return diameter ? [diameter, diameter] : [width ?? 1, height ?? 1];
}

/**
 * The box of *element*. Stars and paths are as large as the server last said (*known*): where the
 * box was, and the x and y it was worked out for.
 * @param {Element} element @param {{box: Box, x: number, y: number} | null} known
 * @returns {Box}
 */
export function boxOf(element, known) {
  const e = element;
  switch (shapeOf(e)) {
    case "square":
      return [e.x, e.y, e.x + e.size, e.y + e.size];
    case "ends":
      return [Math.min(e.x1, e.x2), Math.min(e.y1, e.y2), Math.max(e.x1, e.x2), Math.max(e.y1, e.y2)];
    case "oval":
      return [e.cx - e.rx, e.cy - (e.ry ?? e.rx), e.cx + e.rx, e.cy + (e.ry ?? e.rx)];
    case "circle":
      return [e.cx - e.r, e.cy - e.r, e.cx + e.r, e.cy + e.r];
    case "scaled": {
      if (!known) {
        const wide = e.w ?? (e.size ? e.size * (KINDS[e.type]?.wide ?? 1) : 5);
        return [e.x, e.y, e.x + wide, e.y + (e.size ?? 5)];
      }
      const dx = e.x - known.x;
      const dy = e.y - known.y;
      const [x0, y0, x1, y1] = known.box;
      return [x0 + dx, y0 + dy, x1 + dx, y1 + dy];
    }
    default:
      return [e.x, e.y, e.x + e.w, e.y + e.h];
  }
}

/** The keys that hold an element's place. @param {Element} element @returns {[string[], string[]]} */
export function placeKeys(element) {
  const shape = shapeOf(element);
  if (shape === "ends") return [["x1", "x2"], ["y1", "y2"]];
  if (shape === "oval" || shape === "circle") return [["cx"], ["cy"]];
  return [["x"], ["y"]];
}

/**
 * Move *element* (changed in place) from where *before* was, not off the label where it may not be.
 * @param {Element} element @param {Element} before @param {Layout} layout
 */
export function move(element, before, dx, dy, layout) {
  if (inside(element)) {
    const [width, height] = size(layout);
    const [x0, y0, x1, y1] = boxOf(before, null);
    dx = within(dx, -x0, width - x1);
    dy = within(dy, -y0, height - y1);
  }
  const [xs, ys] = placeKeys(element);
  for (const key of xs) element[key] = round(before[key] + dx);
  for (const key of ys) element[key] = round(before[key] + dy);
}

function within(value, least, most) {
  return least > most ? 0 : Math.min(Math.max(value, least), most);
}

/** Handles by shape, as compass points; a line has its two ends. @param {Element} element */
export function handlesOf(element) {
  switch (shapeOf(element)) {
    case "square":
      return ["nw", "ne", "se", "sw"];
    case "ends":
      return ["from", "to"];
    case "circle":
      return ["e", "w"];
    case "scaled":
      return ["se"];
    default:
      return ["nw", "n", "ne", "e", "se", "s", "sw", "w"];
  }
}

/**
 * Resize *element* (changed in place): the edges that *handle* names follow dx, dy.
 * @param {Element} element @param {Element} before @param {Box} box of *before*
 * @param {string} handle @param {Layout} layout
 */
export function resize(element, before, box, handle, dx, dy, layout) {
  const least = 0.3;
  if (shapeOf(element) === "ends") {
    const end = handle === "from" ? "1" : "2";
    element[`x${end}`] = round(before[`x${end}`] + dx);
    element[`y${end}`] = round(before[`y${end}`] + dy);
    return;
  }
  let [x0, y0, x1, y1] = box;
  const [width, height] = size(layout);
  const kept = inside(element);
  if (handle.includes("w")) x0 = Math.min(kept ? Math.max(0, x0 + dx) : x0 + dx, x1 - least);
  if (handle.includes("e")) x1 = Math.max(kept ? Math.min(width, x1 + dx) : x1 + dx, x0 + least);
  if (handle.includes("n")) y0 = Math.min(kept ? Math.max(0, y0 + dy) : y0 + dy, y1 - least);
  if (handle.includes("s")) y1 = Math.max(kept ? Math.min(height, y1 + dy) : y1 + dy, y0 + least);
  switch (shapeOf(element)) {
    case "square": {
      // Square: as far as both ways allow, the opposite corner stays.
      const wanted = Math.max(x1 - x0, y1 - y0);
      const room = Math.min(
        handle.includes("w") ? box[2] : width - box[0],
        handle.includes("n") ? box[3] : height - box[1],
      );
      const edge = Math.max(1, Math.min(wanted, room));
      element.size = round(edge);
      element.x = round(handle.includes("w") ? box[2] - edge : box[0]);
      element.y = round(handle.includes("n") ? box[3] - edge : box[1]);
      return;
    }
    case "oval": {
      const circle = before.ry === null || before.ry === before.rx;
      element.cx = round((x0 + x1) / 2);
      element.cy = round((y0 + y1) / 2);
      element.rx = round((x1 - x0) / 2);
      element.ry = round((y1 - y0) / 2);
      if (circle && handle.length === 2) element.ry = element.rx;
      if (before.ry === null && element.ry === element.rx) element.ry = null;
      return;
    }
    case "circle":
      element.r = round(Math.max(least, before.r + (handle === "w" ? -dx : dx)));
      return;
    case "scaled": {
      const scale = Math.max(0.1, (x1 - x0) / Math.max(0.1, box[2] - box[0]));
      const key = KINDS[element.type].scale ?? "size";
      element[key] = round(Math.max(0.05, before[key] * scale));
      return;
    }
    default:
      Object.assign(element, { x: round(x0), y: round(y0), w: round(x1 - x0), h: round(y1 - y0) });
  }
}

/** Left, middle and right (or top, middle, bottom) of a box. @param {Box} box */
const lines = (box, axis) => [box[axis], (box[axis] + box[axis + 2]) / 2, box[axis + 2]];

/**
 * Lines that edges snap to: the label, its safe margin, the other elements.
 * @param {Layout} layout @param {Box[]} others
 * @returns {[number[], number[]]}
 */
export function guides(layout, others) {
  const whole = size(layout);
  const safe = layout.label.safe ?? 0;
  return /** @type {[number[], number[]]} */ (
    [0, 1].map((axis) => {
      const found = [0, whole[axis] / 2, whole[axis], safe, whole[axis] - safe];
      for (const box of others) found.push(...lines(box, axis));
      return found;
    })
  );
}

/**
 * The shift that brings one of *edges* to the nearest guide, at most *near* away.
 * @param {number[]} edges after the raw shift @param {number[]} lines
 * @returns {{by: number, at: number} | null}
 */
export function snap(edges, lines, near) {
  let best = null;
  for (const edge of edges) {
    for (const line of lines) {
      const by = line - edge;
      if (Math.abs(by) <= near && (!best || Math.abs(by) < Math.abs(best.by) - 1e-9)) {
        best = { by, at: line };
      }
    }
  }
  return best;
}

/** Edges of *box* that a drag moves. @param {Box} box @param {string} handle "" for a move */
export function edges(box, handle) {
  if (!handle) return [lines(box, 0), lines(box, 1)];
  const xs = [];
  const ys = [];
  if (handle.includes("w")) xs.push(box[0]);
  if (handle.includes("e")) xs.push(box[2]);
  if (handle.includes("n")) ys.push(box[1]);
  if (handle.includes("s")) ys.push(box[3]);
  return [xs, ys];
}

/** Around all *boxes*. @param {Box[]} boxes @returns {Box} */
export function around(boxes) {
  return [Math.min(...boxes.map((b) => b[0])), Math.min(...boxes.map((b) => b[1])), Math.max(...boxes.map((b) => b[2])), Math.max(...boxes.map((b) => b[3]))];
}

/**
 * How far each of *boxes* has to go so that they align *how*: one alone to the margin of the
 * label, several to one another.
 * @param {Layout} layout @param {Box[]} boxes
 * @param {"left" | "center" | "right" | "top" | "middle" | "bottom"} how
 * @returns {[number, number][]}
 */
export function align(layout, boxes, how) {
  const [width, height] = size(layout);
  const safe = layout.label.safe ?? 0;
  /** @type {Box} */
  const whole = [safe, safe, width - safe, height - safe];
  const to = boxes.length > 1 ? around(boxes) : whole;
  const axis = how === "left" || how === "center" || how === "right" ? 0 : 1;
  const share = { left: 0, top: 0, center: 0.5, middle: 0.5, right: 1, bottom: 1 }[how];
  return boxes.map((box) => {
    const by = to[axis] + share * (to[axis + 2] - to[axis]) - (box[axis] + share * (box[axis + 2] - box[axis]));
    return axis ? [0, by] : [by, 0];
  });
}

/**
 * How far each of *boxes* has to go so that the gaps between them are alike; the outer two stay.
 * @param {Box[]} boxes @param {"across" | "down"} way @returns {[number, number][]}
 */
export function distribute(boxes, way) {
  const axis = way === "across" ? 0 : 1;
  const order = boxes.map((_, index) => index).sort((a, b) => boxes[a][axis] + boxes[a][axis + 2] - boxes[b][axis] - boxes[b][axis + 2]);
  const first = boxes[order[0]];
  const last = boxes[order[order.length - 1]];
  const taken = boxes.reduce((sum, box) => sum + box[axis + 2] - box[axis], 0);
  const gap = (last[axis + 2] - first[axis] - taken) / (boxes.length - 1);
  /** @type {[number, number][]} */
  const out = boxes.map(() => [0, 0]);
  let at = first[axis];
  for (const index of order) {
    out[index][axis] = at - boxes[index][axis];
    at += boxes[index][axis + 2] - boxes[index][axis] + gap;
  }
  return out;
}
