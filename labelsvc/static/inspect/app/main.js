// The inspector's page: scan, photo or typing → verdict, with or without a network.

import { Refused } from "../verify/errors.js";
import { parseCode } from "../verify/parse.js";
import { judge } from "../verify/verdict.js";
import { Camera } from "./camera.js";
import * as carton from "./carton.js";
import * as cases from "./cases.js";
import * as pack from "./pack.js";
import { reader } from "./reader.js";
import * as report from "./report.js";
import { show, showProblem } from "./result.js";
import * as store from "./store.js";
import * as trusts from "./trust.js";
import * as visits from "./visit.js";
import { HOST, ago, language, shortDay, speak, t } from "./words.js";

/** @type {(id: string) => HTMLElement} */
const at = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @type {import("../verify/verdict.js").Trust | null} */
let trust = null;
/** @type {pack.Pack | null} */
let goods = null;
let visit = await visits.load();
const video = /** @type {HTMLVideoElement} */ (at("video"));
/** Verdicts on a code of ours on goods: docs/trust.md, section 4, where a second item comes in. */
const ON_GOODS = new Set(["ISSUED_OK", "ISSUED_OK_STALE", "EXPIRED", "DECOMMISSIONED", "NOT_ACTIVATED",
  "SHORT_CODE_NEEDS_NETWORK"]);
const camera = new Camera(video, (text, taken) => {
  if (!document.querySelector("dialog[open]")) void check(text, taken);
});

/**
 * Look at a code and say what is known.
 *
 * @param {string} text
 * @param {number} [taken] when the frame was taken
 */
async function check(text, taken) {
  let code;
  try {
    code = parseCode(text, HOST);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    show({ verdict: error.verdict, code: text, host: error.host });
    cases.about({ code: text.slice(0, 300), verdict: error.verdict, items: 1, known: null, pack: goods });
    return;
  }
  let verdict = trust ? await judge(code, trust, new Date()) : "UNKNOWN_KEY";
  /** @type {any} */
  let server = null;
  if (code.form !== "offline") {
    server = await ask(code.canonical);
    if (server) verdict = server.verdict;
  }
  // Only a code that may be ours says anything about another item: a forged label must not blame a
  // genuine one, nor hide behind it.
  const key = ON_GOODS.has(verdict) ? visits.keyOf(code, server?.code?.form ?? null) : null;
  const before = visit.entries.find((entry) => entry.key === key && key !== null);
  const known = pack.ofServer(server) ?? ("payload" in code ? pack.find(goods, code.payload.lot) : null);
  const inside = code.form === "carton" || code.form === "link" || server?.code?.form === "lot"
    ? null : await carton.look(code.canonical);
  if (code.form === "carton") await carton.begin(code, verdict);
  if (before && (await sameItem(before))) before.items++;
  if (before && before.items > 1) verdict = "DUPLICATE_HERE";
  if (before) {
    before.verdict = verdict;
    if (code.form !== "carton") before.product = known?.product ?? before.product;
    before.lot = known?.lot ?? before.lot;
    if (inside) before.carton = inside.join(" ") || "outside";
  } else {
    visit.entries.unshift({
      key: key ?? `${code.canonical} ${Date.now()}`, code: code.canonical, verdict,
      at: new Date().toISOString(), items: 1, lot: known?.lot ?? "",
      product: code.form === "carton" ? t("carton_of", { range: carton.range(code.payload), product: known?.product ?? "" })
        : known?.product ?? "",
      ...(inside ? { carton: inside.join(" ") || "outside" } : {}),
    });
  }
  await visits.save(visit);
  show({
    verdict, code: code.canonical, known, expires: "payload" in code ? code.payload.expires : null,
    head: trust?.head ?? null, before, server: Boolean(server), inside,
    carton: code.form === "carton" ? carton.range(code.payload) : null,
  });
  if (taken !== undefined) document.body.dataset.took = String(Math.round(performance.now() - taken));
  cases.about({ code: code.canonical, verdict, items: before?.items ?? 1, known, pack: goods });
  list();
  navigator.vibrate?.(verdict === "ISSUED_OK" ? 60 : [120, 80, 120]);
}

/**
 * The server's own words on a code that only it can check; null without a network.
 *
 * @param {string} canonical
 */
async function ask(canonical) {
  try {
    const answer = await fetch(`/${canonical}?lang=${language()}`, {
      headers: { Accept: "application/json" }, cache: "no-store", credentials: "omit",
      signal: /** @type {any} */ (AbortSignal).timeout(8000),
    });
    return answer.headers.get("Content-Type")?.startsWith("application/json") ? await answer.json() : null;
  } catch {
    return null;
  }
}

/**
 * The same code was here before: the same item held up again, or another one?
 *
 * @param {visits.Entry} entry
 * @returns {Promise<boolean>} whether it is another item
 */
function sameItem(entry) {
  const dialog = /** @type {HTMLDialogElement} */ (at("again"));
  at("again-when").textContent = t("again_when", { when: ago(new Date(entry.at), new Date()) });
  dialog.returnValue = "same";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "other"), { once: true });
  });
}

/** What was scanned in this visit, newest first. */
function list() {
  const rows = visit.entries.slice(0, 30).map((entry) => {
    const row = document.createElement("li");
    const open = document.createElement("button");
    open.type = "button";
    open.className = `entry ${toneOf(entry.verdict)}`;
    const [what, more] = [document.createElement("strong"), document.createElement("span")];
    what.textContent = entry.product || entry.code.slice(0, 24);
    const items = entry.items > 1 ? ` · ${t("items", { count: entry.items })}` : "";
    more.textContent = `${t(`v_${entry.verdict}`)} · ${ago(new Date(entry.at), new Date())}${items}`;
    open.append(what, more);
    open.addEventListener("click", () => void check(entry.code));
    row.append(open);
    return row;
  });
  at("entries").replaceChildren(...rows);
  at("visit-empty").hidden = rows.length > 0;
  at("visit-tools").hidden = rows.length === 0;
  const count = visit.entries.length;
  at("visit-count").textContent = t("visit_count", {
    count, since: new Date(visit.began).toLocaleTimeString(language(), { hour: "2-digit", minute: "2-digit" }),
  });
}

/** @param {string} verdict */
function toneOf(verdict) {
  return ({ ISSUED_OK: "good", REVOKED: "bad", DUPLICATE_HERE: "bad", BAD_SIGNATURE: "bad", RECALLED: "bad",
    NOT_ISSUED: "bad", VOIDED: "bad", FROZEN_KEY_OUTSIDE_RANGE: "bad" })[verdict] ?? "caution";
}

/** How old keys, lists and goods on this device are. */
function ages() {
  const now = new Date();
  const head = trust?.head;
  at("age-list").textContent = head ? ago(head.issued, now) : t("none_yet");
  at("age-list").className = head && now <= head.expires ? "good" : "caution";
  at("age-keys").textContent = trust
    ? t("version_until", { version: trust.manifest.version, day: shortDay(trust.manifest.expires.toISOString().slice(0, 10)) })
    : t("none_yet");
  at("age-keys").className = trust && now <= trust.manifest.expires ? "good" : "caution";
  at("age-goods").textContent = goods
    ? t("lots_since", { count: Object.keys(goods.lots).length, when: ago(new Date(goods.made), now) })
    : t("no_goods");
  at("age-goods").className = goods ? "good" : "caution";
  at("network").textContent = t(navigator.onLine ? "online" : "offline");
  at("network").className = navigator.onLine ? "good" : "caution";
}

/** Fetch what is newer. Without a network nothing happens, and the ages say so. */
async function update() {
  at("update").setAttribute("aria-busy", "true");
  try {
    trust = await trusts.refresh(trust);
    at("trust-problem").hidden = true;
  } catch (error) {
    const code = /** @type {any} */ (error)?.code;
    if (code && navigator.onLine) {
      at("trust-problem").hidden = false;
      at("trust-problem").textContent = t(`trust_${code}`);
    }
  }
  goods = (await pack.refresh(goods)) ?? goods;
  at("update").removeAttribute("aria-busy");
  ages();
  await cases.send();
}

async function startCamera() {
  const button = at("scan");
  button.setAttribute("aria-busy", "true");
  try {
    await camera.start();
    document.body.classList.add("scanning");
    at("torch").hidden = !camera.hasTorch;
  } catch (error) {
    const name = error instanceof DOMException ? error.name : "";
    showProblem(t({ NotAllowedError: "camera_refused", NotFoundError: "camera_none" }[name] ?? "camera_busy"));
  }
  button.removeAttribute("aria-busy");
}

function stopCamera() {
  camera.stop();
  document.body.classList.remove("scanning");
}

/** @param {File} file */
async function readPhoto(file) {
  try {
    const read = await reader();
    const found = await read(await createImageBitmap(file));
    if (!found.length) showProblem(t("photo_nothing"));
    for (const text of found) await check(text);
  } catch {
    showProblem(t("photo_unreadable"));
  }
}

function wire() {
  at("scan").addEventListener("click", () => void startCamera());
  at("stop").addEventListener("click", stopCamera);
  let lit = false;
  at("torch").addEventListener("click", () => void camera.torch((lit = !lit)));
  const photo = /** @type {HTMLInputElement} */ (at("photo"));
  photo.addEventListener("change", () => {
    if (photo.files?.[0]) void readPhoto(photo.files[0]);
    photo.value = "";
  });
  const typed = /** @type {HTMLInputElement} */ (at("code"));
  at("typing").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = typed.value;
    typed.value = "";
    if (text.trim()) void check(text);
    else typed.focus();
  });
  for (const lang of /** @type {const} */ (["vi", "en"])) {
    at(`lang-${lang}`).addEventListener("click", () => {
      speak(lang);
      ages();
      list();
      carton.show();
    });
  }
  at("update").addEventListener("click", () => void update());
  at("new-visit").addEventListener("click", async () => {
    if (!confirm(t("new_visit_sure"))) return;
    visit = { began: new Date().toISOString(), entries: [] };
    await visits.save(visit);
    await carton.close();
    list();
  });
  at("save-visit").addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([visits.asCsv(visit)], { type: "text/csv" }));
    link.download = `kiem-tra-${visit.began.slice(0, 10)}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  });
  report.wire(() => visit);
  at("forget").addEventListener("click", async () => {
    if (!confirm(t("forget_sure"))) return;
    stopCamera();
    await store.clear();
    location.reload();
  });
  for (const event of ["online", "offline"]) addEventListener(event, () => ages());
  addEventListener("online", () => void update());
  document.addEventListener("visibilitychange", () => document.hidden && stopCamera());
  setInterval(ages, 60_000);
}

async function offerShell() {
  if (!("serviceWorker" in navigator)) return;
  const registration = await navigator.serviceWorker.register("/inspect/sw.js", { scope: "/inspect/" });
  const offer = () => {
    if (registration.waiting && navigator.serviceWorker.controller) at("newer").hidden = false;
  };
  offer();
  registration.addEventListener("updatefound", () =>
    registration.installing?.addEventListener("statechange", offer));
  at("take-newer").addEventListener("click", () => registration.waiting?.postMessage("take over"));
  let reloaded = !navigator.serviceWorker.controller;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (!reloaded) location.reload();
    reloaded = true;
  });
}

speak(language());
wire();
await cases.wire();
await carton.wire();
try {
  trust = await trusts.load();
} catch {
  await store.put("trust", undefined); // spoiled on the device: fetched anew below
}
goods = await pack.load();
ages();
list();
document.body.dataset.ready = "1";
void offerShell();
void update();
void navigator.storage?.persist?.();
