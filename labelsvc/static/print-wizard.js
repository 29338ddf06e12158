// The print wizard with a live picture. Without this file every choice works by "Update the preview".

const form = document.querySelector("#wizard");
const picture = document.querySelector("#preview");
const frame = picture?.closest(".preview");
const words = document.querySelector("#preview-words");

for (const cells of document.querySelectorAll("[data-columns]")) {
  cells.style.gridTemplateColumns = `repeat(${cells.dataset.columns}, minmax(0, 1fr))`;
}

/** Show the label of the chosen layout and form. */
function look() {
  const chosen = new FormData(form);
  const address = new URL(picture.src);
  address.pathname = address.pathname.replace(/[^/]+\.svg$/, `${chosen.get("layout")}.svg`);
  address.searchParams.set("form", chosen.get("form") ?? "");
  frame.setAttribute("aria-busy", "true");
  picture.src = address.href;
}

picture?.addEventListener("load", () => {
  frame.setAttribute("aria-busy", "false");
  words.textContent = "";
});
picture?.addEventListener("error", () => {
  frame.setAttribute("aria-busy", "false");
  words.textContent = words.dataset.failed;
});

form?.addEventListener("change", (event) => {
  const name = event.target.name;
  if (name === "form") look();
  // Another layout has other sheets and forms: ask the server, which knows them.
  if (name === "layout") form.querySelector('[value="look"]').click();
});
