// Two words on one code, of this device and of the server: which one counts, and what it lets be said.

/** Nothing is proven by such a code: what it names is its own claim, never a fact about goods. */
export const UNPROVEN = new Set(["BAD_SIGNATURE", "UNKNOWN_KEY", "FROZEN_KEY_OUTSIDE_RANGE", "NOT_ISSUED", "MALFORMED",
  "FOREIGN_HOST", "SHORT_CODE_NEEDS_NETWORK"]);
/** What this device alone cannot decide: the server's word settles it, also for the better. */
export const OPEN = new Set(["SHORT_CODE_NEEDS_NETWORK", "UNKNOWN_KEY", "ISSUED_OK_STALE", "LINK_ONLY",
  "NOT_ISSUED"]); // a list may be older than the label
/** Verdicts on a code of ours on goods: docs/trust.md, section 4, where a second item comes in. */
export const ON_GOODS = new Set(["ISSUED_OK", "ISSUED_OK_STALE", "EXPIRED", "DECOMMISSIONED", "NOT_ACTIVATED",
  "SHORT_CODE_NEEDS_NETWORK"]);

/** From good to bad; words of one line are equally bad. */
const ORDER = [
  ["ISSUED_OK"], ["ISSUED_OK_STALE"], ["NOT_ACTIVATED"], ["EXPIRED"], ["DECOMMISSIONED"], ["UNBOUND"], ["PARTLY_WITHDRAWN"],
  ["DUPLICATE_HERE"], ["RECALLED", "REVOKED", "VOIDED"],
  ["NOT_ISSUED", "BAD_SIGNATURE", "FROZEN_KEY_OUTSIDE_RANGE"],
];

/**
 * The verdict that counts, of the device's *own* and of what the server *said* ("": nothing yet).
 *
 * @param {string} own
 * @param {string} said
 */
export function worse(own, said) {
  if (!said) return own;
  if (OPEN.has(own)) return said;
  return rank(own) > rank(said) ? own : said;
}

/**
 * A word that the order lacks is the worst: a green word never wins over one that is not known here.
 * @param {string} verdict
 */
function rank(verdict) {
  const place = ORDER.findIndex((line) => line.includes(verdict));
  return place < 0 ? ORDER.length : place;
}
