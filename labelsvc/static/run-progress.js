// Asks how far a print run is and reloads the page when it has ended.

const box = document.querySelector("[data-progress]");
const bar = box.querySelector("progress");
const words = box.querySelector("[data-words]");

async function look() {
  try {
    const answer = await fetch(box.dataset.progress, { headers: { Accept: "application/json" } });
    const run = await answer.json();
    if (run.state === "released" || run.state === "failed") {
      location.reload();
      return;
    }
    if (run.total) bar.max = run.total;
    if (run.done) bar.value = run.done;
    words.textContent = words.dataset.words.replace("{done}", run.done).replace("{total}", run.total);
  } catch {
    // A moment without a network: the next look will tell.
  }
  setTimeout(look, 700);
}
setTimeout(look, 400);
