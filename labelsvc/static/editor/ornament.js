// A drawing (SVG) or a picture as ornament: chosen, or dropped on the label. The server cleans or traces it.

import { $, h, say } from "./dom.js";
import * as geometry from "./geometry.js";
import { setup, w } from "./words.js";

/** Bytes; the server says so too. */
const MOST = 8_000_000;

export class Ornament {
  /** @param {import("./store.js").Store} store */
  constructor(store) {
    this.store = store;
    this.state = h("p", { class: "small", id: "ornament-state", role: "status" });
    this.input = h("input", { type: "file", id: "ornament-file", accept: ".svg,image/svg+xml,image/png,image/jpeg,image/webp", onchange: () => this._take(this.input.files[0]) });
    $("#add").after(
      h("div", { class: "control wide-control ornament" }, h("label", { for: "ornament-file" }, w("ornament")), this.input, h("p", { class: "soft small" }, w("ornament_help")), this.state),
    );
    const stage = $("#stage");
    for (const name of ["dragover", "dragenter"]) {
      stage.addEventListener(name, (event) => {
        if (![...(event.dataTransfer?.types ?? [])].includes("Files")) return;
        event.preventDefault();
        stage.classList.add("dropping");
      });
    }
    for (const name of ["dragleave", "drop"]) stage.addEventListener(name, () => stage.classList.remove("dropping"));
    stage.addEventListener("drop", (event) => {
      const file = event.dataTransfer?.files[0];
      if (!file) return;
      event.preventDefault();
      $("#adding").open = true;
      this._take(file);
    });
  }

  _tell(words) {
    this.state.textContent = words;
    if (words) say(words);
  }

  async _take(file) {
    if (!file) return;
    if (file.size > MOST) {
      this._tell(w("ornament_large"));
      return;
    }
    this._tell(w("ornament_busy"));
    const [width, height] = geometry.size(this.store.layout);
    const data = new FormData();
    data.append("file", file);
    data.append("w", String(Math.max(3, width * 0.4)));
    data.append("h", String(Math.max(3, height * 0.4)));
    data.append("one_colour", this.store.layout.kind === "roll" ? "1" : "");
    try {
      const answer = await fetch(setup.urls.ornament, { method: "POST", body: data, headers: { Accept: "application/json", "X-CSRFToken": $("#editor-token").value } });
      const json = answer.headers.get("Content-Type")?.startsWith("application/json");
      const found = json ? await answer.json() : {};
      if (!answer.ok) {
        this._tell([found.message, found.fix].filter(Boolean).join(" ") || w("refused"));
        return;
      }
      const x = geometry.round(width * 0.3);
      const y = geometry.round(height * 0.3);
      this.store.change((layout) => layout.elements.push(...found.elements.map((one) => ({ ...one, x, y }))));
      const first = this.store.layout.elements.length - found.elements.length;
      this.store.choose(first);
      for (let more = first + 1; more < this.store.layout.elements.length; more += 1) this.store.toggle(more);
      this._tell([w("added", { kind: w("kind_path") }), found.said].filter(Boolean).join(" "));
    } catch {
      this._tell(w("dress_offline"));
    } finally {
      this.input.value = "";
    }
  }
}
