// Copies the verifier and the vectors beside package.json for as long as `npm pack ./verifier` needs them;
// `--undo` takes the copies away.

import { cpSync, readdirSync, rmSync } from "node:fs";
import { HERE, LIB, SOURCE } from "./modules.js";

const TEXTS = ["LICENSE", "NOTICE"];
rmSync(LIB, { recursive: true, force: true });
for (const name of TEXTS) rmSync(new URL(name, HERE), { force: true });
if (!process.argv.includes("--undo")) {
  for (const folder of ["inspect/verify/", "vendor/noble-ed25519/"]) {
    cpSync(new URL(folder, SOURCE.static), new URL(folder, LIB), { recursive: true });
  }
  for (const name of readdirSync(SOURCE.vectors).filter((one) => one.endsWith(".json"))) {
    cpSync(new URL(name, SOURCE.vectors), new URL(`vectors/${name}`, LIB));
  }
  for (const name of TEXTS) cpSync(new URL(`../${name}`, HERE), new URL(name, HERE));
}
