// Ed25519: the browser's own where it is right, else noble-ed25519 in its strict reading.

import { Point, verifyAsync } from "../../vendor/noble-ed25519/index.js";
import { fromHex, toHex } from "./bytes.js";

/** RFC 8032, 7.1, test 2: one byte, one signature. */
const KEY = hex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
const MESSAGE = hex("72");
const GOOD = hex(
  "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da" +
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
);
/** The same signature in its second spelling, S + L: RFC 8032, 5.1.7 has it refused. */
const RESPELT = hex(
  "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da" +
    "f52db7415978abc61b2c2eb6aeebfca0387b2eaeb4302aeeb00d291612bb0c10",
);
/** What `isKey` found, by key in hex: an honest visit meets a handful. @type {Map<string, boolean>} */
const looked = new Map();
const MOST_LOOKED = 512;

/** @typedef {"webcrypto" | "noble"} Engine */
/** @type {Promise<Engine> | null} */
let chosen = null;

/**
 * Which engine verifies here: found out with a signature that holds and two that do not.
 * @returns {Promise<Engine>}
 */
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
  if (signature.length !== 64 || !isKey(publicKey)) return false;
  const engine = await ready();
  return engine === "webcrypto"
    ? byBrowser(publicKey, message, signature)
    : byNoble(publicKey, message, signature);
}

/**
 * Whether *publicKey* is an honest one: 32 bytes, on the curve, in its one spelling, and of no small
 * order. Libraries disagree about all others, and for some anybody can sign.
 *
 * @param {Uint8Array} publicKey
 */
export function isKey(publicKey) {
  if (publicKey.length !== 32) return false;
  const name = toHex(publicKey);
  let found = looked.get(name);
  if (found === undefined) {
    try {
      found = !Point.fromBytes(publicKey, false).isSmallOrder();
    } catch {
      found = false;
    }
    if (looked.size >= MOST_LOOKED) looked.clear();
    looked.set(name, found);
  }
  return found;
}

/** @returns {Promise<Engine>} */
async function choose() {
  const bad = GOOD.slice();
  bad[40] ^= 1;
  if (!(await byBrowser(KEY, MESSAGE, GOOD))) return "noble";
  const wrong = await Promise.all([bad, RESPELT].map((one) => byBrowser(KEY, MESSAGE, one)));
  return wrong.some(Boolean) ? "noble" : "webcrypto";
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
