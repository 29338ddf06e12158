// The print wizard with a live picture and live findings. Without this file every choice works by
// "Update the preview". The page is fetched anew and its parts are exchanged, so that the focus
// stays where it is and moving through the layouts with arrow keys never leaves the page.

/** Columns of the drawn sheet: a number that style sheets cannot take from the page. */
function arrange() {
  for (const cells of document.querySelectorAll("[data-columns]")) {
    cells.style.gridTemplateColumns = `repeat(${cells.dataset.columns}, minmax(0, 1fr))`;
  }
}

let latest = 0;

/** Ask the server what the choices mean, and show it. */
async function look() {
  const form = document.querySelector("#wizard");
  const turn = ++latest;
  document.querySelector(".preview")?.setAttribute("aria-busy", "true");
  const body = new FormData(form);
  body.set("do", "look");
  try {
    const answer = await fetch(location.href, { method: "POST", body });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("#wizard-parts");
    if (turn !== latest || !fresh) return;
    const focus = document.activeElement;
    const again = focus?.name && `[name="${focus.name}"]${focus.type === "radio" ? ":checked" : ""}`;
    const position = focus?.selectionStart;
    document.querySelector("#wizard-parts").replaceWith(fresh);
    arrange();
    const heir = again ? document.querySelector(again) : null;
    heir?.focus({ preventScroll: true });
    if (heir && heir.type === "text" && position !== null) heir.setSelectionRange(position, position);
  } catch {
    const words = document.querySelector("#preview-words");
    words.textContent = words.dataset.failed;
    document.querySelector(".preview")?.setAttribute("aria-busy", "false");
  }
}

document.addEventListener("change", (event) => {
  if (event.target.closest("#wizard")) look();
});
arrange();
