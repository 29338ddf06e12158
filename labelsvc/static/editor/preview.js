// Asking the server for the picture: after a short rest, the newest question wins, and whoever
// looks can tell a picture on its way from one that could not be fetched.

import { $ } from "./dom.js";
import { setup, w } from "./words.js";

const REST = 220; // ms after the last change
const AGAIN = 4000; // ms after a failure

export class Preview {
  /** @param {import("./store.js").Store} store */
  constructor(store) {
    this.store = store;
    this.turn = 0;
    this.state = $("#preview-state");
    for (const name of ["layout"]) store.addEventListener(name, () => this.soon());
    for (const selector of ["#data", "#form"]) $(selector)?.addEventListener("change", () => this.ask());
    addEventListener("online", () => this.ask());
    this.ask();
  }

  soon(rest = REST) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), rest);
  }

  _tell(state, words = w(`preview_${state}`)) {
    this.state.dataset.state = state;
    this.state.textContent = words;
    $("#stage").setAttribute("aria-busy", String(state === "busy"));
  }

  async ask() {
    clearTimeout(this.timer);
    const turn = ++this.turn;
    this.waiting?.abort();
    this.waiting = new AbortController();
    const layout = this.store.layout;
    // A quick answer needs no words; they would only flicker.
    const patience = setTimeout(() => this._tell("busy"), 350);
    try {
      const answer = await post(
        setup.urls.preview,
        { layout, data: $("#data").value, form: $("#form")?.value, sheet: true },
        this.waiting.signal,
      );
      if (turn !== this.turn) return;
      // 422 with findings: no layout that can be drawn. The findings tell where.
      if (!answer.ok && !(answer.status === 422 && answer.body.findings)) {
        this._tell("refused", answer.words);
        return;
      }
      const wrong = answer.body.findings.some((found) => found.severity === "error");
      if (answer.body.svg) this._tell("ready", w(wrong ? "preview_wrong" : "preview_ready"));
      else this._tell("faulty");
      this.store.receive(answer.body, layout);
    } catch (error) {
      if (turn !== this.turn || error.name === "AbortError") return;
      this._tell("offline");
      this.soon(AGAIN);
    } finally {
      clearTimeout(patience);
    }
  }
}

/**
 * Send *body* with the token of the page. `words`: what the server says where it refuses.
 * @param {string} url @param {any} body @param {AbortSignal} [signal]
 */
export async function post(url, body, signal) {
  const answer = await fetch(url, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Accept: "application/json",
      "X-CSRFToken": $("#editor-token").value,
    },
    body: JSON.stringify(body),
    signal,
  });
  const json = answer.headers.get("Content-Type")?.startsWith("application/json");
  const found = json ? await answer.json() : {};
  const words = [found.message, found.fix].filter(Boolean).join(" ") || w("refused");
  return { ok: answer.ok, status: answer.status, body: found, words };
}
