// Debian's Chromium, and a page in it that is watched: what it asks for, from whom, and what it complains about.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import puppeteer from "puppeteer-core";

const PLACES = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
/** How long a page may take to come to rest, ms; the machine may be busy with other tests. */
const PATIENCE = 60_000;

/** Starts a browser; each [`visit`] in it is a person of its own, with no cookie of another. */
export async function chromium() {
  const executablePath = PLACES.find((place) => place && existsSync(place));
  assert.ok(executablePath, "there is no Chromium here: scripts/browser installs it");
  const root = process.getuid?.() === 0;
  return puppeteer.launch({
    executablePath,
    headless: true,
    protocolTimeout: 3 * PATIENCE,
    // Root may not use Chromium's sandbox; the pages are our own.
    args: ["--disable-gpu", "--disable-dev-shm-usage", "--force-color-profile=srgb", ...(root ? ["--no-sandbox"] : [])],
  });
}

/** Somebody who came with a link: a browser without history, a page, and what was seen of it. */
export async function visit(browser, server, { width = 1280, height = 900, script = true } = {}) {
  const context = await browser.createBrowserContext();
  const page = await watched(context, server, { width, height, script });
  await page.goto(await server.link(), { waitUntil: "networkidle0", timeout: PATIENCE });
  await page.waitForFunction(() => location.pathname === "/now", { timeout: PATIENCE });
  return page;
}

/** A page that counts. `page.seen` holds every request, every one to somewhere else, and every complaint. */
export async function watched(context, server, { width = 1280, height = 900, script = true } = {}) {
  const page = await context.newPage();
  anew(page);
  page.setDefaultTimeout(PATIENCE);
  await page.setViewport({ width, height });
  await page.setJavaScriptEnabled(script);
  await page.setRequestInterception(true);
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
  const answer = await page.goto(server.origin + path, { waitUntil: "load", timeout: PATIENCE });
  await settled(page);
  return answer;
}

/** Waits until nothing is asked for any more and the ranges come from all virtual people. */
export async function settled(page) {
  if (await page.evaluate(() => document.documentElement.hasAttribute("data-refining")).catch(() => false)) {
    await page.waitForFunction(() => !document.querySelector(".refining"), { timeout: PATIENCE });
  }
  await page.waitForNetworkIdle({ idleTime: 100, timeout: PATIENCE });
}

/** Does something that leads to another page (a form, a link), and waits for it. */
export async function leads(page, act) {
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

/** The element of this accessible name and role, as a screen reader finds it. */
export const named = (page, name, role) => page.waitForSelector(`aria/${name}${role ? `[role="${role}"]` : ""}`);

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
