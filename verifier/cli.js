#!/usr/bin/env node
// What is known of a code without a network: node verifier/cli.js CODE --trust DIR

import { parseArgs } from "node:util";
import { readFolder } from "./folder.js";
import { load } from "./modules.js";

const { Refused } = await load("errors");
const { moment } = await load("lines");
const { parseCode } = await load("parse");
const { explain } = await load("verdict");

const USAGE = `Usage: node cli.js CODE [--trust DIR] [--host HOST] [--at MOMENT] [--json]

CODE    a link, its path, or the characters under the symbol
--trust folder of "labelsvc keys fetch", or files under the paths of the service (default: trust)
--host  name that the manifest must be of, such as qr.example.vn
--at    judge as of this moment, such as 2026-11-24T02:00:00Z (default: the clock)
--json  answer as JSON

Exit code: 0 in force (ISSUED_OK, ISSUED_OK_STALE), 1 anything else, 2 no answer.`;

/** @type {Record<string, string>} */
const REASONS = {
  ISSUED_OK: "This programme issued this code, and it is in force. A copied label says the same.",
  ISSUED_OK_STALE: "This programme issued this code. What was withdrawn of late is not known here.",
  REVOKED: "This code was withdrawn.",
  DECOMMISSIONED: "This unit was sold or used up.",
  EXPIRED: "The expiry day in the code is past.",
  NOT_ISSUED: "The signature holds, but no such unit was issued up to the newest list.",
  BAD_SIGNATURE: "The signature does not hold: the code is forged or damaged.",
  UNKNOWN_KEY: "The manifest does not name this key, or not yet for signing: fetch a newer one.",
  FROZEN_KEY_OUTSIDE_RANGE: "The key was stolen or revoked, and this code is not known from before.",
  SHORT_CODE_NEEDS_NETWORK: "Only the service can check this code.",
  LINK_ONLY: "This link names a product and is no code of a label.",
  MALFORMED: "This is no code of this programme.",
  FOREIGN_HOST: "This code leads to a host that is not of this programme.",
};
/** @type {Record<string, string>} */
const STALE = {
  manifest: "the manifest is past its end", head: "the status head is missing or past its end",
  update: "the head names a newer manifest, or none", clock: "the clock is before what was signed or seen",
  list: "a list is missing", lot: "the lists are older than this lot",
};
const GOOD = ["ISSUED_OK", "ISSUED_OK_STALE"];
/** What a code of these says is its own claim: it is not shown as a fact. */
const UNPROVEN = ["BAD_SIGNATURE", "UNKNOWN_KEY", "FROZEN_KEY_OUTSIDE_RANGE", "NOT_ISSUED"];

class Usage extends Error {}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const unusable = error instanceof Usage || error?.code?.startsWith?.("ERR_PARSE_ARGS");
  console.error(unusable ? `${error.message}\n\n${USAGE}` : `This trust cannot be used: ${error.message}`);
  process.exitCode = 2;
}

/** @param {string[]} args */
async function main(args) {
  const { values, positionals } = parseArgs({
    args, allowPositionals: true,
    options: {
      trust: { type: "string", default: "trust" }, host: { type: "string" }, at: { type: "string" },
      json: { type: "boolean", default: false }, help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  if (positionals.length !== 1) throw new Usage("Give one CODE.");
  const now = values.at === undefined ? new Date() : moment(values.at);
  if (!now) throw new Usage("--at is no moment like 2026-11-24T02:00:00Z.");
  const trust = await readFolder(values.trust);
  const { manifest } = trust;
  if (values.host !== undefined && values.host.toLowerCase() !== manifest.host) {
    throw new Error(`the manifest is of ${manifest.host}, not of ${values.host}`);
  }
  const code = parsed(positionals[0], manifest);
  const { verdict, facts } = await explain(code, { ...trust, now });
  const answer = {
    verdict, reason: REASONS[verdict] ?? "", facts: { ...said(code, verdict), ...restsOn(trust, code, facts) },
  };
  console.log(values.json ? JSON.stringify(answer) : inWords(answer));
  return GOOD.includes(verdict) ? 0 : 1;
}

/**
 * @param {string} text
 * @param {any} manifest
 */
function parsed(text, manifest) {
  try {
    return parseCode(text, manifest.host, manifest.hosts.map((/** @type {any} */ { name }) => name));
  } catch (error) {
    if (error instanceof Refused) return error;
    throw error;
  }
}

/**
 * What the code says, where its signature holds.
 *
 * @param {any} code
 * @param {string} verdict
 */
function said(code, verdict) {
  const { payload } = code;
  if (!payload || UNPROVEN.includes(verdict)) return {};
  const product = payload.gtin ? { gtin: payload.gtin } : { product: payload.reference };
  const unit = code.form === "carton" ? { first: payload.first + 1, last: payload.first + payload.count } : { unit: payload.unit };
  return { key: payload.kid, ...product, lot: payload.lot, ...unit, expires_on: payload.expires };
}

/**
 * @param {any} trust
 * @param {any} code
 * @param {any} facts
 */
function restsOn({ manifest, head }, code, { keyState, listed, stale }) {
  const form = code instanceof Refused ? (code.host ? { leads_to: code.host } : {}) : { form: code.form };
  return {
    ...form, host: manifest.host, manifest: manifest.version, as_of: head?.issued.toISOString() ?? null,
    ...(keyState ? { key_state: keyState, listed, stale } : {}),
  };
}

/** @param {{verdict: string, reason: string, facts: any}} answer */
function inWords({ verdict, reason, facts }) {
  const rows = Object.entries(facts).filter(([, value]) => value !== null && !(Array.isArray(value) && !value.length));
  const words = (/** @type {any} */ value) =>
    // A name from the code may hold anything: nothing of it steers the terminal.
    Array.isArray(value) ? value.map((one) => STALE[one] ?? one).join("; ") : String(value).replace(/\p{C}/gu, "\u{fffd}");
  return [`${verdict}: ${reason}`, ...rows.map(([name, value]) => `  ${name.replaceAll("_", " ")}: ${words(value)}`)].join("\n");
}
