// Acts of a form with `data-outbox` are kept on this device until the service says that they are entered. Each has
// a word of its own, so that one that is sent twice is entered once. An act goes from "kept" to "sent" (nobody knows
// whether it arrived) to "entered" or "refused", and never back.

/** @typedef {{uid: string, path: string, title: string, fields: Record<string, string>, state: string, page: string, problems: string[], at: number}} Act */

const box = /** @type {HTMLElement} */ (document.querySelector("[data-acts]"));
const store = `outbox:${box.dataset.acts}`;
const AGAIN = 20000;
let busy = false;

/** @returns {Act[]} */
function acts() {
  try {
    return JSON.parse(localStorage.getItem(store) ?? "[]");
  } catch {
    return [];
  }
}

/** @param {(kept: Act[]) => Act[]} change */
function keep(change) {
  localStorage.setItem(store, JSON.stringify(change(acts())));
  show();
}

/** @param {string} uid @param {Partial<Act>} facts */
const note = (uid, facts) => keep((kept) => kept.map((act) => (act.uid === uid ? { ...act, ...facts } : act)));

const waits = (/** @type {Act} */ act) => act.state === "kept" || act.state === "sent";

function show() {
  const list = /** @type {HTMLElement} */ (box.querySelector("ul"));
  const kept = acts();
  box.hidden = kept.length === 0;
  list.replaceChildren(
    ...kept.map((act) => {
      const item = document.createElement("li");
      item.dataset.state = act.state;
      const state = document.createElement("strong");
      state.textContent = box.dataset[act.state] ?? "";
      item.append(`${act.title}, ${act.fields.declared}: `, state);
      for (const words of act.problems) item.append(" ", words);
      const to = act.state === "entered" ? act.page : act.state === "refused" ? act.path : "";
      if (to) {
        const link = document.createElement("a");
        link.href = to;
        link.textContent = box.dataset[act.state === "entered" ? "open" : "mend"] ?? "";
        item.append(" ", link);
      }
      return item;
    }),
  );
}

/** Send one act. @param {Act} act @returns {Promise<boolean>} an answer came */
async function send(act) {
  const token = /** @type {HTMLInputElement | null} */ (document.querySelector("input[name=csrf_token]"));
  const body = new URLSearchParams({ ...act.fields, uid: act.uid, csrf_token: token?.value ?? "" });
  note(act.uid, { state: "sent" });
  let answer, said;
  try {
    answer = await fetch(act.path, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "error" });
    said = await answer.json();
  } catch {
    return false;
  }
  const signIn = /** @type {HTMLElement} */ (box.querySelector("[data-sign-in]"));
  signIn.hidden = answer.status !== 401 && !(answer.status === 400 && !said.problems);
  if (answer.ok) note(act.uid, { state: "entered", page: said.page });
  else if (said.problems) note(act.uid, { state: "refused", problems: said.problems });
  return answer.ok || Boolean(said.problems);
}

/** Send what waits, in its order, until the signal breaks. */
async function sendAll() {
  if (busy || !navigator.onLine) return;
  busy = true;
  try {
    for (const act of acts().filter(waits)) if (!(await send(act))) break;
  } finally {
    busy = false;
  }
}

for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("form[data-outbox]"))) {
  form.addEventListener("submit", async (event) => {
    const fields = /** @type {Record<string, string>} */ (Object.fromEntries(new FormData(form)));
    const { uid, csrf_token: _token, ...typed } = fields;
    const act = { uid, path: location.pathname, title: form.dataset.outbox ?? "", fields: typed, state: "kept", page: "", problems: [], at: Date.now() };
    try {
      keep((kept) => [...kept.filter((other) => other.uid !== uid), act]);
    } catch {
      return; // nothing can be kept here: it is sent as any form is
    }
    event.preventDefault();
    // Pressed twice it is one lot. Another is begun by changing what was typed.
    const button = /** @type {HTMLButtonElement} */ (form.querySelector("button:not([type=button])"));
    button.disabled = true;
    await sendAll();
    const now = acts().find((other) => other.uid === uid);
    if (now?.state === "entered") {
      keep((kept) => kept.filter((other) => other.uid !== uid));
      location.assign(now.page);
      return;
    }
    if (now?.state === "refused") {
      // As a form: the page says beside each field what is wrong.
      keep((kept) => kept.filter((other) => other.uid !== uid));
      form.submit();
      return;
    }
    box.scrollIntoView();
    box.focus();
  });
  form.addEventListener("input", () => {
    const button = /** @type {HTMLButtonElement} */ (form.querySelector("button:not([type=button])"));
    if (!button.disabled) return;
    button.disabled = false;
    const uid = /** @type {HTMLInputElement} */ (form.elements.namedItem("uid"));
    uid.value = crypto.randomUUID();
  });
}

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (!form.matches("[data-sign-out]") || !acts().some(waits)) return;
  if (confirm(box.dataset.unsent)) localStorage.removeItem(store);
  else event.preventDefault();
});
addEventListener("online", sendAll);
setInterval(sendAll, AGAIN);
// What was seen as entered is told once more on the next page and then forgotten.
const before = new Set(acts().filter((act) => !waits(act)).map((act) => act.uid));
show();
sendAll();
addEventListener("pagehide", () => {
  const left = acts().filter((act) => !before.has(act.uid));
  if (left.length) localStorage.setItem(store, JSON.stringify(left));
  else localStorage.removeItem(store);
});
