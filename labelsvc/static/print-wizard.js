// The print wizard with a live picture and live findings. Without this file every choice works by
// "Update the preview". The page is fetched anew and only the parts that changed are exchanged, so
// that the focus stays where it is and the pictures of the layouts are loaded once.

const wizard = document.querySelector("#wizard");
const said = document.querySelector("#preview-words");
const signedOut = document.querySelector("#signed-out");
const received = new Map();
let latest = 0;
let pressed = false;
let typing;

function picture() {
  return wizard.querySelector("[data-part=picture]");
}

/** Say aloud that the picture is on its way, is there, or is not. */
function watch() {
  const image = picture().querySelector("img");
  const ended = (words) => () => {
    picture().setAttribute("aria-busy", "false");
    said.textContent = words;
  };
  if (image.complete) ended(image.naturalWidth ? "" : said.dataset.failed)();
  image.addEventListener("load", ended(""));
  image.addEventListener("error", ended(said.dataset.failed));
}

/** A button that vanishes between press and release is never clicked: wait for the release. */
async function released() {
  while (pressed) await new Promise((done) => setTimeout(done, 30));
}

/** Exchange one part of the page, with the focus and the place of the cursor in it. */
function exchange(old, fresh) {
  const focus = old.contains(document.activeElement) ? document.activeElement : null;
  const again = focus?.name && `[name="${focus.name}"]${focus.type === "radio" ? ":checked" : ""}`;
  const place = focus?.type === "text" ? focus.selectionStart : null;
  old.replaceWith(fresh);
  const heir = again ? fresh.querySelector(again) : null;
  heir?.focus({ preventScroll: true });
  if (heir && place !== null) heir.setSelectionRange(place, place);
}

/** The choices are kept in this tab until a run is made of them: who was signed out in between
 * finds them again. The form knows the newest run of the lot. */
const kept = {
  key: `wizard ${location.pathname}`,
  keep(body) {
    const rows = [...body].filter(([name]) => name !== "csrf_token" && name !== "do");
    sessionStorage.setItem(this.key, JSON.stringify(rows));
  },
  /** The form as it was left, or null. */
  found() {
    const rows = JSON.parse(sessionStorage.getItem(this.key) ?? "[]");
    if (new Map(rows).get("after") !== wizard.elements.after.value) return null;
    const body = new FormData();
    body.set("csrf_token", wizard.elements.csrf_token.value);
    for (const [name, value] of rows) body.append(name, value);
    return body;
  },
};

/** Ask the server what the choices mean, and show it. */
async function look(button = null, body = new FormData(wizard)) {
  clearTimeout(typing);
  const turn = ++latest;
  picture().setAttribute("aria-busy", "true");
  said.textContent = said.dataset.busy;
  kept.keep(body);
  body.set("do", "look");
  if (button) body.set(button.name, button.value);
  try {
    const answer = await fetch(location.href, { method: "POST", body });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    signedOut.hidden = page.querySelector("#wizard") !== null;
    if (!signedOut.hidden) throw new Error("signed out");
    await released();
    if (turn !== latest) return;
    for (const old of wizard.querySelectorAll("[data-part]")) {
      const name = old.dataset.part;
      const fresh = page.querySelector(`[data-part="${name}"]`);
      const html = fresh.innerHTML;
      if (received.get(name) !== html) exchange(old, document.importNode(fresh, true));
      received.set(name, html);
    }
    watch();
  } catch {
    if (turn !== latest) return;
    said.textContent = signedOut.hidden ? said.dataset.failed : "";
    picture().setAttribute("aria-busy", "false");
  }
}

document.addEventListener("pointerdown", () => (pressed = true), true);
for (const end of ["pointerup", "pointercancel"]) {
  document.addEventListener(end, () => (pressed = false), true);
}
wizard.addEventListener("change", () => look());
// What is typed counts at once: no button may promise a number that is not in its field any more.
wizard.addEventListener("input", (event) => {
  if (event.target.type !== "text") return;
  for (const button of wizard.querySelectorAll("button[value=print]")) {
    button.textContent = button.dataset.stale;
    received.delete(button.closest("[data-part]").dataset.part);
  }
  latest++; // an answer on its way knows nothing of this
  clearTimeout(typing);
  if (event.target.value.trim()) typing = setTimeout(look, 400);
});
// The drawing of the first sheet: a touch marks a label as used up, or as free again. The number
// field and the list below it do the same for a keyboard.
wizard.addEventListener("click", (event) => {
  const cell = event.target.closest(".first-sheet [data-cell]");
  if (!cell) return;
  const box = wizard.querySelector(`input[name=used][value="${cell.dataset.cell}"]`);
  if (cell.dataset.state === "before") wizard.elements.start_at.value = cell.dataset.cell;
  else box.checked = !box.checked;
  look();
});
wizard.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (button?.value === "print") return kept.keep(new FormData(wizard));
  event.preventDefault();
  look(button?.name === "sheets" ? button : null);
});
for (const part of wizard.querySelectorAll("[data-part]")) {
  received.set(part.dataset.part, part.innerHTML);
}
document.documentElement.classList.add("live");
watch();
const left = location.search ? null : kept.found(); // a link that says what to print counts more
const before = left && wizard.querySelector(`input[name=layout][value="${left.get("layout")}"]`);
if (before) {
  before.checked = true;
  look(null, left);
}
