// QR codes out of pictures: the browser's own reader where it has one, else zxing-cpp as WebAssembly.

/** @typedef {(source: ImageBitmapSource) => Promise<string[]>} Read */
/** @type {Promise<Read> | null} */
let chosen = null;
/** @type {Promise<Read> | null} */
let zxing = null;

/** @returns {Promise<Read>} */
export function reader() {
  chosen ??= choose();
  return chosen;
}

/** Longest side in pixels at which a photograph is looked at: coarse first, then as it was taken. */
const STILLS = [1600, 4096];

/**
 * Codes in a photograph. A small symbol in one of twelve megapixels is lost when the picture is shrunk, and
 * the browser's own reader may not know light modules on dark: a second look costs a second at most.
 *
 * @param {ImageBitmap} bitmap
 */
export async function readPicture(bitmap) {
  const found = await (await reader())(bitmap);
  if (found.length) return found;
  const read = await (zxing ??= byZxing());
  for (const side of STILLS) {
    const codes = await read(await pixels(bitmap, side));
    if (codes.length) return codes;
  }
  return [];
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
  return (zxing ??= byZxing());
}

/** @returns {Promise<Read>} */
async function byZxing() {
  const home = new URL("../../vendor/zxing-wasm/", import.meta.url);
  const library = await import("../../vendor/zxing-wasm/reader/index.js");
  library.prepareZXingModule({
    overrides: { locateFile: (/** @type {string} */ name) => new URL(name, home).href },
  });
  return async (source) => {
    const found = await library.readBarcodes(await pixels(source), {
      formats: ["QRCode"], tryHarder: true, tryInvert: true, maxNumberOfSymbols: 2,
    });
    return found.filter((/** @type {any} */ c) => c.isValid).map((/** @type {any} */ c) => c.text);
  };
}

/**
 * @param {ImageBitmapSource} source
 * @param {number} [side] longest side
 */
async function pixels(source, side = STILLS[0]) {
  if (source instanceof ImageData) return source;
  const bitmap = await createImageBitmap(source);
  const shrink = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(bitmap.width * shrink);
  canvas.height = Math.round(bitmap.height * shrink);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("no canvas");
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return context.getImageData(0, 0, canvas.width, canvas.height);
}
