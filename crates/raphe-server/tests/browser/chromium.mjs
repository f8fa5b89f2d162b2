// Debian's Chromium, and a page in it that is watched: what it asks for, from whom, and what it complains about.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import puppeteer from "puppeteer-core";

const PLACES = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
/** How long a page may take to come to rest, ms; the machine may be busy with other tests. */
const PATIENCE = 120_000;

/** Starts a browser; each [`visit`] in it is a person of its own, with no cookie of another. */
export async function chromium() {
  const executablePath = PLACES.find((place) => place && existsSync(place));
  assert.ok(executablePath, "there is no Chromium here: scripts/browser installs it");
  const root = process.getuid?.() === 0;
  return puppeteer.launch({
    executablePath,
    headless: true,
    protocolTimeout: 2 * PATIENCE,
    // Root may not use Chromium's sandbox; the pages are our own.
    args: ["--disable-gpu", "--disable-dev-shm-usage", "--force-color-profile=srgb", "--enable-blink-features=ComputedAccessibilityInfo", ...(root ? ["--no-sandbox"] : [])],
  });
}

/** Somebody who came with a link: a browser without history, a page, and what was seen of it. */
export async function visit(browser, server, { width = 1280, height = 900, script = true } = {}) {
  const context = await browser.createBrowserContext();
  const page = await watched(context, server, { width, height, script });
  await page.goto(await server.link(), { waitUntil: "load", timeout: PATIENCE });
  if (!script) return page;
  // The link's page goes on by itself.
  await page.waitForFunction(() => location.pathname === "/now" && document.readyState === "complete", { polling: 100, timeout: PATIENCE });
  await settled(page);
  return page;
}

/** A page that counts. `page.seen` holds every request, every one to somewhere else, and every complaint. */
export async function watched(context, server, { width = 1280, height = 900, script = true } = {}) {
  const page = await context.newPage();
  anew(page);
  page.setDefaultTimeout(PATIENCE / 4);
  await page.setViewport({ width, height });
  await page.setJavaScriptEnabled(script);
  await page.setRequestInterception(true);
  // What was asked for and not answered yet; who leaves a page waits for nothing of it any more.
  page.open = new Set();
  page.on("request", (request) => page.open.add(request));
  page.on("framenavigated", (frame) => { if (frame === page.mainFrame()) page.open.clear(); });
  for (const end of ["requestfinished", "requestfailed"]) page.on(end, (request) => page.open.delete(request));
  page.on("request", (request) => {
    const url = request.url();
    page.seen.requests.push(url);
    if (url.startsWith(`${server.origin}/`) || url.startsWith("data:")) return request.continue();
    page.seen.foreign.push(url);
    return request.abort();
  });
  page.on("console", (message) => {
    if (["error", "warn", "warning", "assert"].includes(message.type())) page.seen.complaints.push(`${message.type()}: ${message.text()} (${message.location().url ?? ""})`);
  });
  // A page with words that are not saved asks before it is left.
  page.on("dialog", (dialog) => dialog.accept());
  page.on("pageerror", (error) => page.seen.complaints.push(`script: ${error.message}`));
  await page.evaluateOnNewDocument(() => {
    addEventListener("securitypolicyviolation", (event) => console.error(`policy: ${event.violatedDirective} refused ${event.blockedURI} ${event.sample}`));
  });
  return page;
}

/** Counts from here. */
export function anew(page) {
  page.seen = { requests: [], foreign: [], complaints: [] };
}

/** Goes to a path of the server and waits until the page has all it waits for. */
export async function go(page, server, path) {
  await page.bringToFront();
  const answer = await page.goto(server.origin + path, { waitUntil: "load", timeout: PATIENCE });
  await settled(page);
  return answer;
}

/** Waits until nothing is asked for any more and the ranges come from all virtual people. */
export async function settled(page) {
  if (await page.evaluate(() => document.documentElement.hasAttribute("data-refining")).catch(() => false)) {
    // Asked by the clock: a window behind another draws no frames.
    await page.waitForFunction(() => !document.querySelector(".refining"), { polling: 100, timeout: PATIENCE });
  }
  const end = Date.now() + PATIENCE;
  for (let still = 0; still < 3; still = page.open.size === 0 ? still + 1 : 0) {
    if (Date.now() > end) throw new Error(`never answered: ${[...page.open].map((request) => request.url())}`);
    await new Promise((resolve) => { setTimeout(resolve, 40); });
  }
}

/** Does something that leads to another page (a form, a link), and waits for it. */
export async function leads(page, act) {
  await page.bringToFront();
  await Promise.all([page.waitForNavigation({ waitUntil: "load", timeout: PATIENCE }), act()]);
  await settled(page);
}

/** Nothing went elsewhere, nothing was complained of, and the counting works. */
export function quiet(page) {
  const { requests, foreign, complaints } = page.seen;
  assert.ok(requests.length > 0, "no request was seen, so nothing was counted");
  assert.deepEqual(foreign, [], "requests to somewhere else");
  assert.deepEqual(complaints, [], "complaints in the console");
}

/** What a person reads on the page. */
export const text = (page, selector = "main") => page.$eval(selector, (element) => element.innerText);

/** Opens every disclosure, so that what is in them is looked at too. */
export const unfold = (page) => page.$$eval("details", (all) => { for (const details of all) details.open = true; });

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
let axe;

/** What axe-core finds wrong with the page as it is, one line a finding; none is what we want. */
export async function faults(page) {
  axe ??= await readFile(AXE, "utf8");
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe);
  return page.evaluate(async () => {
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const { violations, passes } = await window.axe.run(document, { runOnly: tags, rules: { "target-size": { enabled: true } }, resultTypes: ["violations"] });
    if (passes.length < 5) return ["axe looked at nothing"];
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map((node) => `${id}: ${help}\n    ${node.target.join(" ")}\n    ${node.html.slice(0, 200)}\n    ${(node.failureSummary ?? "").replace(/\s+/g, " ").slice(0, 300)}`));
  });
}

/** What sticks out sideways: nothing may, but inside an element that scrolls by itself. */
export const overflow = (page) => page.evaluate(() => {
  const { scrollWidth } = document.scrollingElement;
  if (scrollWidth <= innerWidth) return [];
  const out = [...document.querySelectorAll("body *")].filter((element) => element.getBoundingClientRect().right > innerWidth + 1 && !element.closest(".scroll"));
  return [`${scrollWidth} px on a page of ${innerWidth}`, ...out.slice(0, 5).map((element) => element.outerHTML.slice(0, 160))];
});

/** What there is to use, by kind. */
const KINDS = { field: "input:not([type=hidden]), select, textarea", button: "button, [role=button]", link: "a[href]", fold: "summary" };

/** The controls of a kind whose accessible name fits, as a screen reader says it; only those that can be seen. */
export async function controls(page, kind, name = /./, within = "main") {
  const found = [];
  for (const handle of await page.$$(KINDS[kind].split(", ").map((one) => `${within} ${one}`).join(", "))) {
    const says = await handle.evaluate((element) => element.checkVisibility() && element.computedName);
    if (says && name.test(says.trim())) found.push(handle);
  }
  return found;
}

/** The first control of this kind and name. */
export async function control(page, kind, name, within) {
  const [first] = await controls(page, kind, name, within);
  assert.ok(first, `there is no ${kind} called ${name} on ${page.url()}`);
  return first;
}

/** Fills a field in: types into it in place of what is in it, ticks it, or chooses from it by what is read there. */
export async function fill(page, name, words, within) {
  const field = await control(page, "field", name, within);
  const kind = await field.evaluate((element) => (element.matches("select") ? "select" : element.type));
  if (kind === "select") {
    const value = await field.evaluate((element, words) => [...element.options].find((option) => option.textContent.includes(words))?.value, words);
    assert.ok(value !== undefined, `${name} does not offer ${words}`);
    await field.select(value);
  } else if (kind === "checkbox" || kind === "radio") {
    await field.click();
  } else if (kind === "date" || kind === "time") {
    // How these are typed depends on the language of the browser.
    await field.evaluate((element, words) => { element.value = words; element.dispatchEvent(new Event("input", { bubbles: true })); element.dispatchEvent(new Event("change", { bubbles: true })); }, words);
  } else {
    await field.evaluate((element) => { element.focus(); element.select(); });
    await page.keyboard.press("Backspace");
    await field.type(words);
  }
}

/** Presses a button, or follows a link, that leads to another page. */
export async function press(page, name, { kind = "button", within } = {}) {
  const one = await control(page, kind, name, within);
  await leads(page, () => one.click());
}

/** No address that was asked for says what is in the diary. */
export function discreet(page) {
  const told = page.seen.requests.map((url) => decodeURIComponent(new URL(url).pathname + new URL(url).search)).filter((path) => /sertraline|tramadol|dextromethorphan|fluoxetine|\bmg\b|phq/i.test(path) && !/^\/substances\//.test(path));
  assert.deepEqual(told, [], "addresses that tell what is in the diary");
}
