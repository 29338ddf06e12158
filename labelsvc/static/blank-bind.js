// Binding blank labels: a hand scanner types the code and presses Enter, which moves to the next
// field instead of sending the form half empty; the camera fills the fields where the browser reads
// QR codes itself. Without this file the fields are typed or scanned one by one.

const form = document.querySelector("#bind");
const fields = form ? [...form.querySelectorAll("[data-scan]")] : [];
const lot = form?.querySelector("#lot");

/** Where the next scan belongs: the lot comes first, then the first field that is empty. */
function next() {
  if (!lot.value) return lot;
  return fields.find((field) => !field.value.trim()) ?? form.querySelector("button:not([type])");
}

/** The characters under the symbol in place of a whole link of ours: they can be compared by eye. */
function tidy(text) {
  const found = text.trim().match(/^https?:\/\/([^/]+)\/([0-9A-Z]{24})$/i);
  if (!found || found[1].toLowerCase() !== location.host) return text;
  return found[2].toUpperCase().replace(/(.{4})(?=.)/g, "$1 ");
}

function onEnter(event) {
  if (event.key !== "Enter" || event.isComposing) return;
  event.target.value = tidy(event.target.value);
  const empty = fields.some((field) => !field.value.trim()) || !lot.value;
  if (!empty) return; // everything is there: Enter sends the form
  event.preventDefault();
  next().focus();
}

if (form) {
  for (const field of fields) {
    field.addEventListener("keydown", onEnter);
    // A second scan into a field that was filled replaces what stands there.
    field.addEventListener("focus", () => field.select());
  }
  lot.addEventListener("change", () => next().focus());
  const wrong = form.querySelector("[aria-invalid=true]");
  (wrong ?? next()).focus();
  offerCamera();
}
// Not the button: a label that is scanned once more must not press it.
document.querySelector("#confirm")?.focus();

async function offerCamera() {
  const reads = "BarcodeDetector" in window && navigator.mediaDevices?.getUserMedia;
  if (!reads) return;
  const formats = await BarcodeDetector.getSupportedFormats().catch(() => []);
  if (!formats.includes("qr_code")) return;
  const open = form.querySelector("#use-camera");
  open.hidden = false;
  open.addEventListener("click", () => scan(open));
}

/** Read labels into the fields until both are filled or the camera is stopped. */
async function scan(open) {
  const box = form.querySelector("#camera");
  const video = box.querySelector("video");
  const words = box.querySelector("[role=status]");
  box.hidden = false;
  open.hidden = true;
  let stream = null;
  let running = true;
  const stop = () => {
    running = false;
    stream?.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
    open.hidden = false;
  };
  box.querySelector("[data-stop]").onclick = () => {
    stop();
    box.hidden = true;
    open.focus();
  };
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    video.srcObject = stream;
    await video.play();
  } catch {
    stop();
    words.textContent = box.dataset.refused;
    return;
  }
  if (!running) return stop(); // stopped while the browser was asking
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  if (fields.every((field) => field.value.trim())) fields.forEach((field) => (field.value = ""));
  let before = "";
  while (running) {
    const target = fields.find((field) => !field.value.trim());
    if (!target) break;
    words.textContent = box.dataset[target.name];
    const found = await detector.detect(video).catch(() => []);
    const code = found.length === 1 ? found[0].rawValue : "";
    if (code && code !== before) {
      // The label just read is still before the camera: only another one fills the next field.
      before = code;
      target.value = tidy(code);
      navigator.vibrate?.(80);
      words.textContent = box.dataset.taken.replace("{code}", target.value);
      await new Promise((done) => setTimeout(done, 900));
    }
    await new Promise((done) => setTimeout(done, 120));
  }
  if (!running) return;
  stop();
  box.hidden = true;
  next().focus();
}
