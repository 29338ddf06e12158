// Long texts that were typed and not saved stay on this device, and are offered when the form is opened again.
// They are the person's who typed them: signing out clears them, and so does somebody else who signs in here.

const place = /** @type {HTMLElement} */ (document.querySelector("[data-drafts]"));
const mine = `draft:${place.dataset.drafts}:`;
const WEEKS = 14 * 24 * 3600 * 1000;
const MOST = 30;
const LONGEST = 20000;

/** @typedef {{text: string, at: number, sent: boolean}} Draft */

/** @returns {string[]} keys of all drafts on this device */
const keys = () => Object.keys(localStorage).filter((key) => key.startsWith("draft:"));

/** @param {string} key @returns {Draft | null} */
function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

/** @param {string} key @param {Draft} draft */
function keep(key, draft) {
  try {
    localStorage.setItem(key, JSON.stringify(draft));
  } catch {
    // full, or switched off: the text is still in the form
  }
}

/** @param {HTMLTextAreaElement} area */
const keyOf = (area) => `${mine}${location.pathname}#${area.id || area.name}`;

/** @returns {HTMLTextAreaElement[]} texts of forms that change something */
const areas = () => [...document.querySelectorAll("textarea")].filter((area) => area.form?.method === "post");

/** Drop what is somebody else's, too old, too much, or was saved by the form that sent it. */
function tidy() {
  const waits = document.querySelector("[data-waits]") !== null; // the page that asks for the password
  const kept = [];
  for (const key of keys()) {
    const draft = read(key);
    const here = key.startsWith(`${mine}${location.pathname}#`);
    const saved = draft?.sent && !here && !waits;
    if (!key.startsWith(mine) || !draft || saved || Date.now() - draft.at > WEEKS) localStorage.removeItem(key);
    else kept.push({ key, at: draft.at });
  }
  kept.sort((a, b) => b.at - a.at);
  for (const { key } of kept.slice(MOST)) localStorage.removeItem(key);
}

/** @param {HTMLTextAreaElement} area @param {Draft} draft */
function offer(area, draft) {
  const note = document.createElement("p");
  note.className = "note small draft";
  note.setAttribute("role", "status");
  const day = new Date(draft.at).toLocaleString(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" });
  note.append((place.dataset.words ?? "").replace("{moment}", day), " ");
  /** @param {string | undefined} words @param {() => void} act */
  const button = (words, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "button second slim";
    made.textContent = words ?? "";
    made.addEventListener("click", () => (act(), note.remove(), area.focus()));
    note.append(made, " ");
  };
  button(place.dataset.take, () => (area.value = draft.text));
  button(place.dataset.drop, () => localStorage.removeItem(keyOf(area)));
  area.before(note);
}

tidy();
for (const area of areas()) {
  const draft = read(keyOf(area));
  if (!draft) continue;
  const same = draft.text.replaceAll("\r\n", "\n") === area.value.replaceAll("\r\n", "\n");
  if (same) localStorage.removeItem(keyOf(area));
  else offer(area, draft);
}
document.addEventListener("input", (event) => {
  const area = event.target;
  if (!(area instanceof HTMLTextAreaElement) || area.form?.method !== "post") return;
  if (area.value === area.defaultValue) localStorage.removeItem(keyOf(area));
  else keep(keyOf(area), { text: area.value.slice(0, LONGEST), at: Date.now(), sent: false });
});
document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (form.matches("[data-sign-out]")) return keys().forEach((key) => localStorage.removeItem(key));
  for (const area of form.querySelectorAll("textarea")) {
    const draft = read(keyOf(area));
    if (draft) keep(keyOf(area), { ...draft, sent: true });
  }
});
