// What is known of a code without a network: docs/trust.md, section 4, in that order.

import { concat, utf8 } from "./bytes.js";
import { verify } from "./ed25519.js";

/**
 * @typedef {{manifest: import("./manifest.js").Manifest,
 *   head: import("./status.js").Head | null,
 *   lists: import("./status.js").StatusList[]}} Trust
 */

/**
 * @param {import("./parse.js").Code} code
 * @param {Trust} trust
 * @param {Date} now
 * @param {boolean} [seenElsewhere] the same unit stands on another item of this visit
 * @returns {Promise<string>} the machine word
 */
export async function judge(code, trust, now, seenElsewhere = false) {
  if (code.form === "link") return "LINK_ONLY";
  if (code.form !== "offline") return "SHORT_CODE_NEEDS_NETWORK";
  const { manifest, head, lists } = trust;
  const { payload } = code;
  const key = manifest.keys.get(payload.kid);
  if (!key) return "UNKNOWN_KEY";
  const message = concat(utf8(`ocop-qr-v1\0${manifest.host}\0`), code.packed);
  if (!(await verify(key.publicKey, message, code.signature))) return "BAD_SIGNATURE";
  const logged = key.ranges.some(
    ([lot, first, stop]) => lot === payload.lot && first <= payload.unit && payload.unit < stop,
  );
  if (key.state === "revoked" || (key.state === "frozen" && !logged)) return "FROZEN_KEY_OUTSIDE_RANGE";
  const own = lists.filter((list) => list.kid === payload.kid);
  /** @param {string} purpose */
  const listed = (purpose) =>
    own.some((list) => list.purpose === purpose && list.has(payload.lot, payload.unit));
  if (listed("withdrawn")) return "REVOKED";
  if (seenElsewhere) return "DUPLICATE_HERE";
  if (listed("sold")) return "DECOMMISSIONED";
  if (payload.expires && payload.expires < dayInHanoi(now)) return "EXPIRED";
  const fresh =
    now <= manifest.expires && head !== null && now <= head.expires &&
    ["withdrawn", "sold"].every((purpose) =>
      own.some((list) => list.purpose === purpose && list.covers(payload.lot)));
  return fresh ? "ISSUED_OK" : "ISSUED_OK_STALE";
}

/**
 * Expiry dates are days in Vietnam, which has had UTC+7 all year since 1975.
 *
 * @param {Date} now
 */
export function dayInHanoi(now) {
  return new Date(now.getTime() + 7 * 3_600_000).toISOString().slice(0, 10);
}
