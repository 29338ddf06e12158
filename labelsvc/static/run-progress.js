// Asks how far a print run is, the reading of a list, or the way of a roll to a printer, and opens its page anew when that has ended;
// not while somebody writes in it.

const box = document.querySelector("[data-progress]");
const bar = box?.querySelector("progress");
const words = box?.querySelector("[data-words]");
const sending = document.querySelector("[data-sending]");
const address = box?.dataset.progress ?? sending?.dataset.sending;
let touched = false;

function made(run) {
  if (run.ended || run.state === "released" || run.state === "failed") return true;
  if (run.total) bar.max = run.total;
  if (run.done) bar.value = run.done;
  words.textContent = words.dataset.words.replace("{done}", run.done).replace("{total}", run.total);
  return false;
}

function sent(run) {
  if (run.taken) sending.textContent = sending.dataset.words.replace("{number}", run.taken);
  return touched ? !run.under_way : run.sending !== sending.dataset.state;
}

async function look() {
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    const run = await answer.json();
    if (box ? made(run) : sent(run)) {
      // Not reload(): where a form was refused, that would send it again.
      if (!touched) location.replace(address.replace(/\/state$/, ""));
      else if (sending) sending.textContent = sending.dataset.ended;
      return;
    }
  } catch {
    // A moment without a network: the next look will tell.
  }
  setTimeout(look, 700);
}
document.addEventListener("input", () => (touched = true));
setTimeout(look, 400);
