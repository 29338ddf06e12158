// Keeping the layout: what is kept and what is not yet, and the ways out when somebody was faster.

import { $, say } from "./dom.js";
import { post } from "./preview.js";
import { setup, w } from "./words.js";

export class Saving {
  /** @param {import("./store.js").Store} store */
  constructor(store) {
    this.store = store;
    this.state = $("#save-state");
    this.button = $("#save");
    this.button.addEventListener("click", () => this.save());
    $("#take-mine").addEventListener("click", () => this._overwrite());
    $("#keep-both").addEventListener("click", () => this.copy());
    $("#take-theirs").addEventListener("click", () => this._leave(location.href));
    for (const name of ["layout", "saved"]) store.addEventListener(name, () => this.show());
    addEventListener("beforeunload", (event) => {
      if (!this.store.dirty || this.leaving) return;
      event.preventDefault();
      event.returnValue = "";
    });
    this.show();
  }

  show() {
    if (this.busy) return;
    const { dirty } = this.store;
    this._tell(dirty ? "unsaved" : "saved");
    $("#undo").disabled = !this.store.done.length;
    $("#redo").disabled = !this.store.undone.length;
  }

  _tell(state, words = w(`save_${state}`)) {
    this.state.dataset.state = state;
    if (this.state.textContent !== words) this.state.textContent = words;
  }

  async save() {
    if (this.busy) return;
    const layout = this.store.layout;
    await this._send({ layout, version: this.store.version }, (answer) => {
      this.store.keep(layout, answer.body.version);
      $("#conflict").hidden = true;
      if (!this.store.dirty) this._tell("saved", w("saved_at", { moment: answer.body.saved }));
      say(w("save_saved"));
    });
  }

  /** As a new layout, so that both stay. */
  async copy() {
    await this._send({ layout: this.store.layout, version: this.store.version, copy: true }, (answer) =>
      this._leave(answer.body.url),
    );
  }

  async _send(body, done) {
    if (this.busy) return;
    this.busy = true;
    this._tell("saving");
    this.button.setAttribute("aria-disabled", "true");
    let trouble = null;
    try {
      const answer = await post(setup.urls.save, body);
      this.busy = false;
      if (answer.ok) {
        this.show();
        done(answer);
      } else if (answer.status === 409 && answer.body.version) {
        this._conflict(answer.body);
        trouble = ["conflict", w("save_conflict")];
      } else if (answer.status === 422) {
        this.store.receive({ svg: null, findings: answer.body.findings }, body.layout);
        trouble = ["failed", w("save_faulty")];
      } else {
        trouble = ["failed", answer.status === 401 ? w("signed_out") : answer.words];
      }
    } catch {
      trouble = ["failed", w("save_offline")];
    }
    this.busy = false;
    this.button.removeAttribute("aria-disabled");
    if (trouble) {
      this._tell(...trouble);
      say(trouble[1]);
    }
  }

  _conflict({ version, saved, by }) {
    this.theirs = version;
    $("#conflict-words").textContent = w(by ? "conflict_by" : "conflict_at", { by, moment: saved });
    $("#conflict").hidden = false;
    $("#conflict").focus();
  }

  async _overwrite() {
    this.store.version = this.theirs;
    await this.save();
  }

  _leave(url) {
    this.leaving = true;
    location.assign(url);
    if (url === location.href) location.reload();
  }
}
