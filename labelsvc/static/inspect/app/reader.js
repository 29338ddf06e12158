// QR codes out of pictures: the browser's own reader where it has one, else zxing-cpp as WebAssembly.

/** @typedef {(source: ImageBitmapSource) => Promise<string[]>} Read */
/** @type {Promise<Read> | null} */
let chosen = null;

/** @returns {Promise<Read>} */
export function reader() {
  chosen ??= choose();
  return chosen;
}

/** @returns {Promise<Read>} */
async function choose() {
  const Detector = /** @type {any} */ (globalThis).BarcodeDetector;
  try {
    if ((await Detector?.getSupportedFormats())?.includes("qr_code")) {
      const detector = new Detector({ formats: ["qr_code"] });
      return async (source) =>
        (await detector.detect(source)).map((/** @type {any} */ code) => code.rawValue);
    }
  } catch {
    // Some browsers name the class and have nothing behind it.
  }
  return byZxing();
}

/** @returns {Promise<Read>} */
async function byZxing() {
  const home = new URL("../../vendor/zxing-wasm/", import.meta.url);
  const zxing = await import("../../vendor/zxing-wasm/reader/index.js");
  zxing.prepareZXingModule({
    overrides: { locateFile: (/** @type {string} */ name) => new URL(name, home).href },
  });
  return async (source) => {
    const found = await zxing.readBarcodes(await pixels(source), {
      formats: ["QRCode"], tryHarder: true, tryInvert: false, maxNumberOfSymbols: 2,
    });
    return found.filter((/** @type {any} */ c) => c.isValid).map((/** @type {any} */ c) => c.text);
  };
}

/** @param {ImageBitmapSource} source */
async function pixels(source) {
  if (source instanceof ImageData) return source;
  const bitmap = await createImageBitmap(source);
  const shrink = Math.min(1, 1600 / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(bitmap.width * shrink);
  canvas.height = Math.round(bitmap.height * shrink);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("no canvas");
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return context.getImageData(0, 0, canvas.width, canvas.height);
}
