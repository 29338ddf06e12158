// Values of GS1 application identifiers, as labelsvc/codes/forms/identifiers.py: facts of the GS1 Barcode
// Syntax Dictionary of 2026-01-27, as far as they concern the key 01.

import { Refused } from "./errors.js";

/** The 82 characters of GS1's invariant set. */
const CSET82 = "[!\"%&'()*+,\\-./0-9:;<=>?A-Z_a-z]";

/** Path values: key and qualifiers of the key 01. @type {ReadonlyMap<string, RegExp>} */
export const PATH_VALUES = new Map([
  ["01", whole("[0-9]{14}")],
  ["22", whole(CSET82 + "{1,20}")],
  ["10", whole(CSET82 + "{1,20}")],
  ["21", whole(CSET82 + "{1,20}")],
  ["235", whole(CSET82 + "{1,28}")],
]);

// What a named group holds is looked at by `possible`: a date YYMMDD, one whose day may be 00 (the
// whole month), and a key of 13 digits with its check digit.
const DAY = "(?<day>[0-9]{6})";

/** @type {[RegExp, RegExp][]} */
const RULES = [
  ["10", CSET82 + "{1,20}"],
  ["1[13567]", "(?<month>[0-9]{6})"],
  ["20", "[0-9]{2}"],
  ["24[01]|25[01]|400", CSET82 + "{1,30}"],
  ["242", "[0-9]{1,6}"],
  ["243|710|71[1-5]|7020|7021|7240|8002|8012", CSET82 + "{1,20}"],
  ["30", "[0-9]{1,8}"],
  ["31[0-6][0-5]|32[0-9][0-5]|33[0-7][0-5]|34[0-9][0-5]", "[0-9]{6}"],
  ["35[0-7][0-5]|36[0-9][0-5]|395[0-5]|8005", "[0-9]{6}"],
  ["392[0-9]", "[0-9]{1,15}"],
  ["393[0-9]", "[0-9]{4,18}"],
  ["41[0-46-7]", "(?<key>[0-9]{13})"],
  ["420", CSET82 + "{1,20}"],
  ["421", "[0-9]{3}" + CSET82 + "{1,9}"],
  ["42[246]", "[0-9]{3}"],
  ["42[35]", "(?:[0-9]{3}){1,5}"],
  ["427", CSET82 + "{1,3}"],
  ["7001", "[0-9]{13}"],
  ["7002", CSET82 + "{1,30}"],
  ["7003", DAY + "[0-9]{4}"],
  ["7004", "[0-9]{1,4}"],
  ["7005", CSET82 + "{1,12}"],
  ["7006", DAY],
  ["7007", DAY + "(?<second>[0-9]{6})?"],
  ["7008", CSET82 + "{1,3}"],
  ["7009", CSET82 + "{1,10}"],
  ["7010", CSET82 + "{1,2}"],
  ["7011", DAY + "(?:[0-9]{4})?"],
  ["703[0-9]", "[0-9]{3}" + CSET82 + "{1,27}"],
  ["723[0-9]", CSET82 + "{3,30}"],
  ["8001", "[0-9]{14}"],
  ["8008", DAY + "[0-9]{2}(?:[0-9]{2}){0,2}"],
  ["8009", CSET82 + "{1,50}"],
  ["8030", "[-_0-9A-Za-z]{1,90}"],
  ["90", CSET82 + "{1,30}"],
  ["00|253|40[12]|80(?:03|04|10|13|17|18)|811[02]", CSET82 + "{1,70}"],
  ["9[1-9]", CSET82 + "{1,90}"],
].map(([ai, shape]) => [whole(ai), whole(shape)]);

/** Identifier, and one of what must be there as well. */
const NEEDS = pairs({
  "250": "21", "427": "422", "7004": "10", "7020": "416", "8030": "21",
  "392|393|395": "30|3[1256][0-9]",
});
/** Identifier, and what must not be there. */
const EXCLUDES = pairs({ "420": "421", "426": "42[2-5]", "393": "392", "395": "392|393|8005" });

/**
 * GS1 check digit, modulo 10 with weights 3 and 1 from the right, of *digits* without it.
 * @param {string} digits
 */
export function checkDigit(digits) {
  let sum = 0;
  [...digits].reverse().forEach((digit, at) => (sum += Number(digit) * (at % 2 ? 1 : 3)));
  return (10 - (sum % 10)) % 10;
}

/** @param {string} digits 14, with the check digit */
export function isGtin(digits) {
  return /^[0-9]{14}$/.test(digits) && checkDigit(digits.slice(0, -1)) === Number(digits.slice(-1));
}

/**
 * Check one attribute.
 * @param {string} ai
 * @param {string} value
 * @throws {Refused} unknown beside a GTIN, or an impossible value
 */
export function checkValue(ai, value) {
  const rule = RULES.find(([name]) => name.test(ai));
  const found = rule && rule[1].exec(value);
  if (!found || !Object.entries(found.groups ?? {}).every(([kind, part]) => possible(kind, part))) {
    throw new Refused("MALFORMED");
  }
}

/**
 * Whether this identifier may be an attribute beside a GTIN.
 * @param {string} ai
 */
export function isKnown(ai) {
  return RULES.some(([name]) => name.test(ai));
}

/**
 * Check which identifiers stand together.
 * @param {Iterable<string>} path
 * @param {string[]} attributes
 * @throws {Refused} one is double, misses one it needs, or is excluded by another
 */
export function checkPairs(path, attributes) {
  // The last digit of a measure is its decimals: 3103 and 3102 are both a net weight.
  const families = attributes.map((ai) => (/^3[1-69][0-9]{2}$/.test(ai) ? ai.slice(0, 3) : ai));
  const inPath = [...path];
  const present = [...inPath, ...families];
  /** @param {RegExp} pattern */
  const there = (pattern) => present.some((ai) => pattern.test(ai));
  if (
    new Set(present).size < present.length ||
    (families.includes("10") && !inPath.includes("235")) ||
    NEEDS.some(([ai, needed]) => there(ai) && !there(needed)) ||
    EXCLUDES.some(([ai, excluded]) => there(ai) && there(excluded))
  ) {
    throw new Refused("MALFORMED");
  }
}

/**
 * @param {string} kind
 * @param {string | undefined} value
 */
function possible(kind, value) {
  if (value === undefined) return true;
  if (kind === "key") return checkDigit(value.slice(0, -1)) === Number(value.slice(-1));
  // The century does not matter: 2000 was a leap year, and so is every fourth year to 2099.
  const [year, month, day] = [0, 2, 4].map((at) => Number(value.slice(at, at + 2)));
  if (month < 1 || month > 12) return false;
  const last = new Date(Date.UTC(2000 + year, month, 0)).getUTCDate();
  return (kind === "month" && day === 0) || (day >= 1 && day <= last);
}

/** @param {string} pattern */
function whole(pattern) {
  return new RegExp(`^(?:${pattern})$`);
}

/**
 * @param {{[ai: string]: string}} found
 * @returns {[RegExp, RegExp][]}
 */
function pairs(found) {
  return Object.entries(found).map(([ai, other]) => [whole(ai), whole(other)]);
}
