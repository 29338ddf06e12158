// The layout editor. The layout is JSON here; the server draws it, judges it, and writes the TOML.

import { Canvas } from "./canvas.js";
import { $ } from "./dom.js";
import { Elements } from "./elements.js";
import { Findings } from "./findings.js";
import { Ornament } from "./ornament.js";
import { Panel } from "./panel.js";
import { Preview } from "./preview.js";
import { Saving } from "./saving.js";
import { Store } from "./store.js";
import { setup } from "./words.js";

const store = new Store(setup.layout, setup.version);
new Canvas(store);
const elements = new Elements(store);
new Panel(store);
new Ornament(store);
new Findings(store);
const saving = new Saving(store);
new Preview(store);

store.addEventListener("layout", () => {
  const title = store.layout[setup.language === "en" ? "title_en" : "title_vi"];
  $("#layout-title").textContent = title;
  const form = $("#form");
  for (const option of form.options) option.hidden = option.disabled = !store.layout.forms.includes(option.value);
  if (form.selectedOptions[0]?.disabled) form.value = store.layout.forms[0];
});
store.dispatchEvent(new Event("layout"));
saving.show();

$("#undo").addEventListener("click", () => store.undo());
$("#redo").addEventListener("click", () => store.redo());
$("#save-copy").addEventListener("click", () => saving.copy());
$("#chosen-edit").addEventListener("click", () => {
  $("#panel-title").scrollIntoView({ block: "start" });
  $("#panel input, #panel textarea, #panel select")?.focus({ preventScroll: true });
});

$("#to-drawing").addEventListener("click", () => {
  $("#stage").scrollIntoView({ block: "center" });
  $("#paper").focus({ preventScroll: true });
});

/** Whether keys belong to what is typed in. */
const typing = (target) => target.matches?.("input:not([type=checkbox], [type=color]), textarea, select");

document.addEventListener("keydown", (event) => {
  const command = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  if (command && key === "s") {
    event.preventDefault();
    saving.save();
  } else if (command && (key === "z" || key === "y")) {
    // In a field too: its text is part of the layout, and one history is easier than two.
    event.preventDefault();
    if (key === "y" || event.shiftKey) store.redo();
    else store.undo();
  } else if (command && key === "d" && !typing(event.target)) {
    event.preventDefault();
    elements.duplicate();
  } else if ((event.key === "Delete" || event.key === "Backspace") && within(event.target)) {
    event.preventDefault();
    elements.remove();
  }
});

/** On the drawing or in the list of elements, where a key means the element. */
function within(target) {
  return $("#paper").contains(target) || $("#elements").contains(target);
}

document.documentElement.classList.add("editor-ready");
