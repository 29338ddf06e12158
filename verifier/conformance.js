#!/usr/bin/env node
// Tries a verifier in any language on the frozen vectors: node verifier/conformance.js --program "CMD ARGS"

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { isDeepStrictEqual, parseArgs } from "node:util";
import { VECTORS } from "./modules.js";
import { questions } from "./sections.js";

const USAGE = `Usage: node conformance.js --program "CMD ARGS" [--vectors DIR] [--seconds N] [--json] [--show N]

Starts the program once. It reads one question a line on standard input, {"id", "section", "ask"}, and writes one
answer a line, {"id", "answer"} or {"id", "unsupported": true}, in any order (README.md).

--vectors  folder of codes.json, cartons.json, stolen.json, trust.json (default: those of this release)
--seconds  end the program after so long (default: 120)
--show     how many differences are printed (default: 10)
--json     report as JSON, with every difference

Exit code: 0 nothing differs, 1 something differs or is not answered, 2 the program or the vectors cannot be used.`;

/** @typedef {{agree: number, differ: number, unsupported: number}} Count */

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error.code?.startsWith?.("ERR_PARSE_ARGS") ? `${error.message}\n\n${USAGE}` : error.message);
  process.exitCode = 2;
}

async function main() {
  const { values } = parseArgs({ options: {
    program: { type: "string" }, vectors: { type: "string", default: VECTORS }, seconds: { type: "string", default: "120" },
    show: { type: "string", default: "10" }, json: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  } });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const [seconds, show] = [values.seconds, values.show].map(Number);
  if (!values.program || !(seconds > 0) || !(show >= 0)) throw new Error(`--program is missing, or a number is none.\n\n${USAGE}`);
  const asked = questions(values.vectors);
  const { answers, end } = await ask(values.program, asked, seconds);
  const report = compared(asked, answers);
  console.log(values.json ? JSON.stringify(report) : inWords(report, show));
  if (!answers.size) {
    console.error(`The program answered nothing: ${end}.`);
    return 2;
  }
  return report.differences.length ? 1 : 0;
}

/**
 * What the program answers, by id.
 *
 * @param {string} program
 * @param {import("./sections.js").Question[]} asked
 * @param {number} seconds
 * @returns {Promise<{answers: Map<string, any>, end: string}>}
 */
async function ask(program, asked, seconds) {
  // A command line of whoever runs this, as in their shell; killed with all it started.
  const child = spawn(program, { shell: true, stdio: ["pipe", "pipe", "inherit"], detached: true });
  const ended = new Promise((resolve) => child.on("close", (code, signal) => resolve(signal ?? `exit code ${code}`)));
  const timer = setTimeout(() => process.kill(-Number(child.pid), "SIGKILL"), seconds * 1000);
  child.stdin.on("error", () => {}); // it may end before it has read all: the answers tell
  child.stdin.end(asked.map(({ id, section, ask }) => `${JSON.stringify({ id, section, ask })}\n`).join(""));
  /** @type {Map<string, any>} */
  const answers = new Map();
  for await (const line of createInterface({ input: child.stdout })) {
    try {
      const answer = JSON.parse(line);
      // The first one counts: a program that guesses again is not right.
      if (typeof answer?.id === "string" && !answers.has(answer.id)) answers.set(answer.id, answer);
    } catch {
      console.error(`Not a line of JSON: ${line.slice(0, 120)}`);
    }
  }
  const end = String(await ended);
  clearTimeout(timer);
  return { answers, end };
}

/**
 * @param {import("./sections.js").Question[]} asked
 * @param {Map<string, any>} answers
 */
function compared(asked, answers) {
  /** @type {Record<string, Count>} */
  const sections = {};
  const differences = [];
  for (const { id, section, note, wanted } of asked) {
    const count = (sections[section] ??= { agree: 0, differ: 0, unsupported: 0 });
    const given = answers.get(id);
    if (given?.unsupported === true) count.unsupported++;
    else if (given && wanted.some((one) => isDeepStrictEqual(one, given.answer))) count.agree++;
    else {
      count.differ++;
      differences.push({ id, note, wanted, answer: given?.answer ?? null });
    }
  }
  return { sections, differences };
}

/**
 * @param {{sections: Record<string, Count>, differences: any[]}} report
 * @param {number} show
 */
function inWords({ sections, differences }, show) {
  const total = { agree: 0, differ: 0, unsupported: 0 };
  const row = (/** @type {string} */ name, /** @type {Count} */ { agree, differ, unsupported }) =>
    name.padEnd(14) + [agree, differ, unsupported].map((one) => String(one).padStart(9)).join("");
  const rows = Object.entries(sections).map(([name, count]) => {
    for (const key of /** @type {(keyof Count)[]} */ (Object.keys(total))) total[key] += count[key];
    return row(name, count);
  });
  const short = (/** @type {any} */ value) => JSON.stringify(value).slice(0, 200);
  const told = differences.slice(0, show).map(({ id, note, wanted, answer }) =>
    `${id}${note && ` (${note})`}\n  wanted ${wanted.map(short).join(" or ")}\n  answer ${short(answer)}`);
  if (differences.length > show) told.push(`… and ${differences.length - show} more`);
  return ["section           agree   differ not supp.", ...rows, row("all", total), ...told].join("\n");
}
