// The family of the label: another motif, palette or logo by one choice, and back by one undo.

import { h, say } from "./dom.js";
import { post } from "./preview.js";
import { setup, w } from "./words.js";

/** A colour of one's own begins with this one. */
const OWN = "#1f5a3c";

export class Dress {
  /** @param {import("./store.js").Store} store */
  constructor(store) {
    this.store = store;
    this.turn = 0;
  }

  /** The inputs; `fill` brings them to what the layout wears. */
  make() {
    const first = h("option", { value: "" }, w("family_none"));
    this.family = h("select", { id: "l-family", onchange: () => this._chosen(true) }, first, setup.families.map((one) => h("option", { value: one.name }, one.title)));
    this.palette = h("select", { id: "l-dress-palette", onchange: () => this._chosen(false) });
    this.colour = h("input", { type: "color", id: "l-dress-colour", value: OWN, onchange: () => this._chosen(false) });
    this.colourPart = h("div", { class: "control swatch wide-control" }, this.colour, h("label", { for: "l-dress-colour" }, w("own_colour")));
    this.logo = h("input", { type: "checkbox", id: "l-dress-logo", onchange: () => this._chosen(false) });
    this.state = h("p", { class: "note small", id: "l-dress-state", role: "status", hidden: true });
    return [
      h("div", { class: "control wide-control" }, h("label", { for: "l-family" }, w("field_family")), this.family),
      h("div", { class: "control wide-control", id: "l-dress-part" }, h("label", { for: "l-dress-palette" }, w("field_palette")), this.palette),
      this.colourPart,
      h("div", { class: "control check wide-control" }, this.logo, h("label", { for: "l-dress-logo" }, w("field_logo"))),
      this.state,
    ];
  }

  fill() {
    const worn = this.store.layout.worn;
    const [family = "", palette = ""] = (worn?.dress ?? "").split("-");
    this.family.value = family;
    this._palettes(family, palette);
    this.logo.checked = Boolean(worn?.logo);
    this.logo.closest(".control").hidden = !family;
  }

  _palettes(family, palette) {
    const found = setup.families.find((one) => one.name === family);
    const own = /^[0-9a-f]{6}$/.test(palette);
    document.querySelector("#l-dress-part")?.toggleAttribute("hidden", !found);
    if (!found) this.palette.parentElement.hidden = true;
    else this.palette.parentElement.hidden = false;
    this.palette.replaceChildren(
      ...(found?.palettes ?? []).map((one) => h("option", { value: one.name }, one.title)),
      h("option", { value: "own" }, w("own_colour")),
    );
    this.palette.value = own ? "own" : palette;
    if (own) this.colour.value = `#${palette}`;
    this.colourPart.hidden = !found || !own;
  }

  /** The name of the dress that is chosen: "gom-lam", "" for none. */
  _name(fresh) {
    const family = setup.families.find((one) => one.name === this.family.value);
    if (!family) return "";
    const now = this.palette.value;
    // Another family keeps a colour of one's own and black; else it begins with its first palette.
    const kept = now === "own" || family.palettes.some((one) => one.name === now);
    const palette = now === "own" ? this.colour.value.slice(1).toLowerCase() : fresh && !kept ? family.palettes[0].name : now;
    return `${family.name}-${palette || family.palettes[0].name}`;
  }

  _tell(words) {
    this.state.textContent = words;
    this.state.hidden = !words;
  }

  async _chosen(fresh) {
    const turn = ++this.turn;
    const layout = this.store.layout;
    const dress = this._name(fresh);
    this._tell(w("dress_busy"));
    let trouble = "";
    try {
      const answer = await post(setup.urls.dress, { layout, dress, logo: this.logo.checked });
      if (turn !== this.turn) return;
      if (answer.ok && this.store.layout === layout) {
        this._tell("");
        this.store.change((fresh) => {
          for (const key of Object.keys(fresh)) delete fresh[key];
          Object.assign(fresh, answer.body.layout);
        });
        say(w("dress_done"));
        return;
      }
      const found = answer.body.findings?.[0];
      trouble = answer.ok ? w("dress_changed") : found ? [found.message, found.fix].filter(Boolean).join(" ") : answer.words;
    } catch {
      trouble = w("dress_offline");
    }
    if (turn !== this.turn) return;
    this._tell(trouble);
    this.fillKeeping();
    say(trouble);
  }

  /** Back to what the layout wears; the words of the trouble stay. */
  fillKeeping() {
    const words = this.state.textContent;
    this.fill();
    this._tell(words);
  }
}
