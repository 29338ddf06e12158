// Ed25519: the browser's own where it is right, else noble-ed25519 in its strict reading.

import { verifyAsync } from "../../vendor/noble-ed25519/index.js";
import { fromHex } from "./bytes.js";

/** RFC 8032, 7.1, test 2: one byte, one signature. */
const KEY = hex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
const MESSAGE = hex("72");
const GOOD = hex(
  "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da" +
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
);
/** The eight points of small order and their other spellings: anybody can sign for them. */
const SMALL = new Set([
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0000000000000000000000000000000000000000000000000000000000000080",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000080",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
]);

/** @typedef {"webcrypto" | "noble"} Engine */
/** @type {Promise<Engine> | null} */
let chosen = null;

/** Which engine verifies here: found out with a signature that holds and one that does not. */
export function ready() {
  chosen ??= choose();
  return chosen;
}

/**
 * Take that engine from here on, for tests.
 * @param {Engine | null} engine
 */
export function force(engine) {
  chosen = engine === null ? null : Promise.resolve(engine);
}

/**
 * Whether *signature* over *message* is one of *publicKey*. Never throws: what is no key or no
 * signature does not hold.
 *
 * @param {Uint8Array} publicKey 32 bytes
 * @param {Uint8Array} message
 * @param {Uint8Array} signature 64 bytes
 */
export async function verify(publicKey, message, signature) {
  if (publicKey.length !== 32 || signature.length !== 64 || isSmall(publicKey)) return false;
  const engine = await ready();
  return engine === "webcrypto"
    ? byBrowser(publicKey, message, signature)
    : byNoble(publicKey, message, signature);
}

/** @param {Uint8Array} publicKey */
export function isSmall(publicKey) {
  return SMALL.has(Array.from(publicKey, (byte) => byte.toString(16).padStart(2, "0")).join(""));
}

/** @returns {Promise<Engine>} */
async function choose() {
  const bad = GOOD.slice();
  bad[40] ^= 1;
  const right = (await byBrowser(KEY, MESSAGE, GOOD)) && !(await byBrowser(KEY, MESSAGE, bad));
  return right ? "webcrypto" : "noble";
}

/**
 * @param {Uint8Array} publicKey
 * @param {Uint8Array} message
 * @param {Uint8Array} signature
 */
async function byBrowser(publicKey, message, signature) {
  try {
    const raw = /** @type {BufferSource} */ (publicKey);
    const key = await crypto.subtle.importKey("raw", raw, { name: "Ed25519" }, false, ["verify"]);
    return await crypto.subtle.verify(
      { name: "Ed25519" }, key,
      /** @type {BufferSource} */ (signature), /** @type {BufferSource} */ (message),
    );
  } catch {
    return false;
  }
}

/**
 * @param {Uint8Array} publicKey
 * @param {Uint8Array} message
 * @param {Uint8Array} signature
 */
async function byNoble(publicKey, message, signature) {
  try {
    return await verifyAsync(signature, message, publicKey, { zip215: false });
  } catch {
    return false;
  }
}

/** @param {string} text */
function hex(text) {
  return /** @type {Uint8Array} */ (fromHex(text));
}
