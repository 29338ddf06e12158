// Where the verifier itself lies: in `lib/` of the package, else in the repository, where the inspector's
// application is served from. It stands in one place; `lib/` is a copy for the time of packing.

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const HERE = new URL("./", import.meta.url);
export const LIB = new URL("lib/", HERE);
export const SOURCE = {
  static: new URL("../labelsvc/static/", HERE),
  vectors: new URL("../tests/vectors/", HERE),
};
// `lib/` first: beside an installed package, `../labelsvc` would be a package of somebody else.
const isPacked = existsSync(LIB);
const STATIC = isPacked ? LIB : SOURCE.static;
/** The frozen vectors. */
export const VECTORS = fileURLToPath(isPacked ? new URL("vectors/", LIB) : SOURCE.vectors);

/**
 * One module of the verifier.
 *
 * @param {string} name
 * @returns {Promise<any>}
 */
export function load(name) {
  return import(new URL(`inspect/verify/${name}.js`, STATIC).href);
}
