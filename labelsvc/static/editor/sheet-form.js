// The form of an own sheet with a live drawing. Without this file "Draw again" does the same.

import { $ } from "./dom.js";

const form = $("#sheet-form");
const said = $("#drawing-words");
let turn = 0;
let timer;
let dirty = false;

/** Only the numbers that the shape and the page ask for. */
function fit() {
  for (const part of form.querySelectorAll("[data-shown]")) {
    const [name, value] = part.dataset.shown.split(" ");
    part.hidden = form.elements[name].value !== value;
  }
}

async function look() {
  const mine = ++turn;
  const drawing = form.querySelector(".sheet-drawing");
  drawing?.setAttribute("aria-busy", "true");
  const patience = setTimeout(() => (said.textContent = said.dataset.busy), 350);
  const body = new FormData(form);
  body.set("do", "look");
  try {
    const answer = await fetch(location.href, { method: "POST", body });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!page.querySelector("#sheet-form")) throw new Error("signed out");
    if (mine !== turn) return;
    for (const old of form.querySelectorAll("[data-part]")) {
      const fresh = page.querySelector(`[data-part="${old.dataset.part}"]`);
      if (old.innerHTML !== fresh.innerHTML) old.replaceWith(document.importNode(fresh, true));
    }
    said.textContent = "";
  } catch {
    if (mine === turn) said.textContent = said.dataset.failed;
  } finally {
    clearTimeout(patience);
    form.querySelector(".sheet-drawing")?.setAttribute("aria-busy", "false");
  }
}

form.addEventListener("input", () => {
  dirty = true;
  fit();
  clearTimeout(timer);
  timer = setTimeout(look, 300);
});
form.addEventListener("submit", (event) => {
  if (event.submitter?.value === "save") {
    dirty = false;
    return;
  }
  event.preventDefault();
  look();
});
addEventListener("beforeunload", (event) => dirty && event.preventDefault());
document.documentElement.classList.add("live");
fit();
