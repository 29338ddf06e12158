#!/usr/bin/env node
// Answers the questions of conformance.js with the verifier in JavaScript.

import { createInterface } from "node:readline";
import { load } from "./modules.js";

const { fromHex, toHex, concat, utf8 } = await load("bytes");
const carton = await load("carton");
const { verify } = await load("ed25519");
const { Refused, TrustError } = await load("errors");
const { readHead } = await load("head");
const manifests = await load("manifest");
const { readKey } = await load("note");
const { parseCode } = await load("parse");
const { readList } = await load("status");
const { indexOf, logged } = await load("units");
const { judge } = await load("verdict");

/** Of the last unit key, all lots. */
const LOTS = 1 << 24;
const WORDS = { MALFORMED: "malformed_code", FOREIGN_HOST: "foreign_host" };

/**
 * What is not here is asked of services, which hold the secrets.
 * @type {Record<string, (ask: any) => Promise<any>>}
 */
const SECTIONS = {
  async read({ text, host }) {
    const { form, canonical } = parseCode(text, host);
    return { form, canonical };
  },
  async signature({ canonical, host, keys }) {
    const code = parseCode(canonical, host);
    const found = keys.find((/** @type {any} */ key) => key.kid === code.payload.kid);
    if (!found) return { result: "unknown_key" };
    if (!(await verify(fromHex(found.ed25519), messageOf(code, host), code.signature))) return { result: "bad_signature" };
    if (found.state === "revoked") return { result: "revoked_key" };
    const key = { ranges: found.unit_ranges, facts: [], unitKeys: [] };
    return { result: found.state === "frozen" && (await logged(key, code.payload)) === false ? "frozen_key" : "ok" };
  },
  async offline({ canonical, host }) {
    const code = parseCode(canonical, host);
    const { kid, reference, lot, unit, expires } = code.payload;
    return {
      kid, reference, lot, unit, expires, payload: toHex(code.packed), message: toHex(messageOf(code, host)),
      signature: toHex(code.signature),
    };
  },
  async unit({ unit_key: secret, lot, printed }) {
    return { index: await indexOf([{ first: 0, stop: LOTS, secret: fromHex(secret) }], lot, printed) };
  },
  async carton({ canonical, host, units }) {
    const code = parseCode(canonical, host);
    const { kid, reference, lot, issue, first, count } = code.payload;
    const places = await Promise.all(units.map((/** @type {string} */ one) => carton.placesOf(code.payload, host, one)));
    return {
      kid, reference, lot, issue, first, count, payload: toHex(code.packed), signature: toHex(code.signature),
      inside: places.map((found, at) => found.includes(first + at + 1)),
    };
  },
  async manifest({ held, file }) {
    await manifests.read(file, held === null ? null : await manifests.read(held, null));
    return { result: "ok" };
  },
  async head({ held, file, ...given }) {
    const by = await believed(given);
    await readHead(fromHex(file), by, held === null ? null : await readHead(fromHex(held), by));
    return { result: "ok" };
  },
  async list({ file, ...given }) {
    const { listed } = await readList(fromHex(file), await believed(given));
    const units = [...listed].map(([lot, some]) => [lot, some && [...some]]);
    return { result: "ok", units: Object.fromEntries(units) };
  },
  async stolen({ manifest, code, at }) {
    const trust = { manifest: await manifests.read(manifest, null), head: null, lists: [] };
    return { verdict: await judge(parseCode(code, trust.manifest.host), trust, new Date(at)) };
  },
};

/**
 * @param {any} code
 * @param {string} host
 */
function messageOf(code, host) {
  return concat(utf8(`ocop-qr-v1\0${host}\0`), code.packed);
}

/** @param {{host: string, status_keys: string[]}} given */
async function believed({ host, status_keys: keys }) {
  return { host, statusKeys: await Promise.all(keys.map(readKey)) };
}

/** @param {{section: string, ask: any}} question */
async function answerTo({ section, ask }) {
  if (!Object.hasOwn(SECTIONS, section)) return { unsupported: true };
  try {
    return { answer: await SECTIONS[section](ask) };
  } catch (error) {
    if (error instanceof Refused) return { answer: { error: WORDS[/** @type {"MALFORMED"} */ (error.verdict)] } };
    if (error instanceof TrustError) return { answer: { result: error.code } };
    return { answer: { fault: String(error) } };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line);
  console.log(JSON.stringify({ id: question.id, ...(await answerTo(question)) }));
}
