// Fetches the page anew while something on it is being made, and exchanges that part only: what is
// being typed elsewhere on the page stays.

const name = "[data-waiting]";

async function look() {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector(name);
    const old = document.querySelector(name);
    if (fresh && fresh.innerHTML !== old.innerHTML) {
      const inside = old.contains(document.activeElement);
      old.replaceWith(document.importNode(fresh, true));
      if (inside) document.querySelector(name).focus();
    }
    if (fresh && fresh.dataset.waiting === "0") return;
  } catch {
    // A moment without a network: the next look will tell.
  }
  setTimeout(look, 1000);
}

if (document.querySelector(name)?.dataset.waiting !== "0") setTimeout(look, 700);
