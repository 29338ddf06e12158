// One input of the panel: made once, filled again when the layout changes under it.

import { h } from "./dom.js";
import { setup, shown, typed, w } from "./words.js";

/** @typedef {import("./fields.js").Field} Field */
/**
 * @typedef {{field: Field, id: string, get: () => any, put: (value: any, key: string | null) => void,
 *   palette: () => Record<string, string>, seal: () => void}} Place
 */

/** The words beside a choice. @param {string} key @param {string} option */
const named = (key, option) => {
  const word = `${key.split(".").pop()}_${option || "none"}`;
  return setup.words[word] ?? setup.words[`option_${option}`] ?? option;
};

/**
 * The input for *place*, with its label. `fill()` shows the present value, `fault(words)` marks it.
 * @param {Place} place
 */
export function input(place) {
  const { field, id } = place;
  const made = (MAKERS[field.type] ?? number)(place);
  const wrong = h("span", { class: "wrong", id: `${id}-error`, hidden: true });
  const name = w(`field_${field.key}`);
  const unit = field.unit ? h("span", { class: "unit" }, ` ${field.unit}`) : null;
  const label = h("label", { for: id }, name, unit);
  const body = field.type === "check" ? [made.part, label] : [label, made.part];
  const part = h("div", { class: `control ${field.type} ${field.wide ? "wide-control" : ""}` }, body, wrong);
  const control = part.querySelector(`#${CSS.escape(id)}`);
  const mark = (words) => {
    wrong.hidden = !words;
    wrong.textContent = words;
    if (words) {
      control.setAttribute("aria-invalid", "true");
      control.setAttribute("aria-describedby", wrong.id);
    } else {
      control.removeAttribute("aria-invalid");
      control.removeAttribute("aria-describedby");
    }
  };
  // What cannot be read is said at once, and stands until it can be.
  made.refuse = (words) => {
    made.refused = words;
    mark(words);
  };
  return {
    part,
    fill: () => made.fill(),
    fault: (words) => !made.refused && mark(words),
    control,
  };
}

function number(place) {
  const { field, id } = place;
  const made = { refused: "" };
  const box = h("input", {
    id,
    type: "text",
    inputmode: "decimal",
    autocomplete: "off",
    placeholder: field.optional ? w("automatic") : null,
    oninput: () => read(),
    onblur: () => {
      place.seal();
      made.fill(true);
    },
    onkeydown: (event) => {
      const way = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (!way) return;
      event.preventDefault();
      const now = typed(box.value);
      const step = (field.step ?? 0.1) * (event.shiftKey ? 10 : 1);
      box.value = shown(Math.round(((Number.isNaN(now) ? 0 : now) + way * step) * 1000) / 1000);
      read();
    },
  });
  function read() {
    const text = box.value.trim();
    if (!text && field.optional) {
      made.refuse("");
      place.put(null, id);
      return;
    }
    const value = typed(text);
    const whole = field.type === "whole" && !Number.isInteger(value);
    made.refuse(Number.isNaN(value) || whole ? w(field.type === "whole" ? "not_whole" : "not_number") : "");
    if (!made.refused) place.put(value, id);
  }
  made.part = box;
  made.fill = (left = false) => {
    const value = place.get();
    if (made.refused && !left) return;
    if (left && made.refused) made.refuse("");
    const now = typed(box.value);
    if (document.activeElement === box && !left && (now === value || (!box.value && value === null))) return;
    box.value = shown(value);
  };
  return made;
}

/** Several numbers with a space between: a dash pattern. */
function numbers(place) {
  const made = { refused: "" };
  const box = h("input", {
    id: place.id,
    type: "text",
    inputmode: "decimal",
    autocomplete: "off",
    placeholder: w("solid"),
    oninput: () => {
      const found = box.value.trim().split(/\s+/).filter(Boolean).map(typed);
      made.refuse(found.some((value) => !(value > 0)) ? w("not_number") : "");
      if (!made.refused) place.put(found, place.id);
    },
    onblur: () => place.seal(),
  });
  made.part = box;
  made.fill = () => {
    if (document.activeElement !== box) box.value = (place.get() ?? []).map(shown).join(" ");
  };
  return made;
}

function text(place) {
  const { field, id } = place;
  const long = field.type === "lines";
  const made = { refused: "" };
  const box = h(long ? "textarea" : "input", {
    id,
    type: long ? null : "text",
    rows: long ? 4 : null,
    autocomplete: "off",
    spellcheck: "false",
    oninput: () => place.put(box.value || (field.optional ? null : ""), id),
    onblur: () => place.seal(),
  });
  made.part = box;
  made.fill = () => {
    const value = place.get() ?? "";
    if (box.value !== value) box.value = value;
  };
  return made;
}

/** A template: the words, and a menu that puts a variable where the cursor is. */
function template(place) {
  const { id } = place;
  const made = { refused: "" };
  const box = h("textarea", {
    id,
    rows: 3,
    spellcheck: "false",
    oninput: () => place.put(box.value, id),
    onblur: () => place.seal(),
  });
  const menu = h(
    "select",
    {
      id: `${id}-variable`,
      "aria-label": w("insert_variable"),
      onchange: () => {
        if (!menu.value) return;
        place.seal();
        const [from, to] = [box.selectionStart, box.selectionEnd];
        box.setRangeText(`{${menu.value}}`, from, to, "end");
        menu.value = "";
        place.put(box.value, id);
        place.seal();
        box.focus();
      },
    },
    h("option", { value: "" }, w("insert_variable")),
    setup.variables.map((v) => {
      const sample = v.sample.length > 34 ? `${v.sample.slice(0, 33)}…` : v.sample;
      return h("option", { value: v.name }, sample ? `${v.label}: ${sample}` : v.label);
    }),
  );
  const hint = h("span", { class: "hint", id: `${id}-hint` }, w("template_hint"));
  made.part = h("div", {}, box, menu, hint);
  made.fill = () => {
    const value = place.get() ?? "";
    if (box.value === value) return;
    const at = [box.selectionStart, box.selectionEnd];
    box.value = value;
    if (document.activeElement === box) box.setSelectionRange(...at);
  };
  return made;
}

function choice(place) {
  const { field, id } = place;
  const made = { refused: "" };
  const numeric = field.key === "rotate";
  const box = h(
    "select",
    {
      id,
      onchange: () => {
        place.put(box.value === "" ? null : numeric ? Number(box.value) : box.value, null);
      },
    },
    field.options.map((option) => h("option", { value: option }, named(field.key, option))),
  );
  made.part = box;
  made.fill = () => {
    const value = String(place.get() ?? "");
    if (![...box.options].some((option) => option.value === value)) {
      box.append(h("option", { value }, value.replace(",", " × ")));
    }
    box.value = value;
  };
  return made;
}

/** A variable that must have a value, or none. */
function variables(place) {
  const made = { refused: "" };
  const box = h(
    "select",
    { id: place.id, onchange: () => place.put(box.value || null, null) },
    h("option", { value: "" }, w("always")),
    [...setup.conditions, ...setup.variables].map((v) => h("option", { value: v.name }, v.label)),
  );
  made.part = box;
  made.fill = () => (box.value = place.get() ?? "");
  return made;
}

/** A tick: no and yes, or the two `values` of the field. */
function check(place) {
  const made = { refused: "" };
  const [no, yes] = place.field.values ?? [false, true];
  const box = h("input", {
    id: place.id,
    type: "checkbox",
    onchange: () => place.put(box.checked ? yes : no, null),
  });
  made.part = box;
  made.fill = () => (box.checked = place.get() === yes);
  return made;
}

/** A colour of the palette, or any other. */
function colour(place) {
  const { field, id } = place;
  const made = { refused: "" };
  const well = h("input", {
    type: "color",
    id: `${id}-well`,
    "aria-label": `${w(`field_${field.key}`)}: ${w("other_colour")}`,
    oninput: () => place.put(well.value, id),
    onchange: () => place.seal(),
  });
  const box = h("select", {
    id,
    onchange: () => {
      if (box.value === "other") place.put(well.value, null);
      else place.put(box.value || null, null);
    },
  });
  made.part = h("div", { class: "colour-pair" }, box, well);
  let listed = "";
  made.fill = () => {
    const palette = place.palette();
    const names = JSON.stringify(palette);
    if (names !== listed) {
      listed = names;
      box.replaceChildren(
        ...(field.optional ? [h("option", { value: "" }, w("no_colour"))] : []),
        ...Object.keys(palette).map((name) => h("option", { value: name }, name)),
        h("option", { value: "other" }, w("other_colour")),
      );
    }
    const value = place.get();
    const own = typeof value === "string" && value.startsWith("#");
    box.value = own ? "other" : (value ?? "");
    const hex = own ? value : palette[value];
    if (hex) well.value = hex.toLowerCase();
    well.classList.toggle("off", !value);
  };
  return made;
}

const MAKERS = {
  text,
  lines: text,
  template,
  choice,
  colour,
  check,
  variable: variables,
  numbers,
};
