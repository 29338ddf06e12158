// The part of zxing-wasm that is used here, for the type checker. Ours, not the package's.
export function prepareZXingModule(options: {
  overrides: { locateFile(name: string): string };
}): void;
export function readBarcodes(
  image: ImageData,
  options: { formats: string[]; tryHarder: boolean; tryInvert: boolean; maxNumberOfSymbols: number },
): Promise<{ isValid: boolean; text: string }[]>;
