// The page for the doctor: on paper, as one file, as a health record, in plain words and in a clinician's.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { promisify } from "node:util";
import { anew, chromium, go, press, quiet, text, visit } from "./chromium.mjs";
import { living, published } from "./diaries.mjs";
import { serve } from "./server.mjs";

const run = promisify(execFile);

describe("the report", () => {
  let server, browser, page;
  before(async () => {
    server = await serve(living());
    browser = await chromium();
    page = await visit(browser, server);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });
  beforeEach(() => anew(page));

  const onPaper = async (name, page) => {
    const file = join(server.folder, `${name}.pdf`);
    await writeFile(file, await page.pdf({ format: "A4" }));
    const { stdout: about } = await run("pdfinfo", [file]);
    assert.match(about, /Page size: .*\(A4\)/);
    const text = async (...pages) => (await run("pdftotext", ["-layout", ...pages, file, "-"])).stdout;
    const printed = await text();
    assert.doesNotMatch(printed, /Skip to the page|Lock these pages|This page as JSON|Mood and factors\s+Helping/, "what only a screen needs is printed");
    return { printed, first: await text("-f", "1", "-l", "1"), pages: Number(/Pages:\s+(\d+)/.exec(about)[1]) };
  };

  test("printed, it is one page, with its sources on the back", async () => {
    for (const voice of [/^Speak as to a clinician$/, /^Speak in plain words$/]) {
      await go(page, server, "/report");
      await press(page, voice, { within: "footer" });
      await go(page, server, "/report");
      const { first, printed, pages } = await onPaper("one", page);
      assert.equal(pages, 2);
      for (const said of [/Nothing urgent|Serotonin: /, /sertraline/i, /dextromethorphan/i, /PHQ-9/, /Not assessed/, /Shortened to one page/, /does not replace an examination/]) assert.match(first, said);
      assert.doesNotMatch(first, /Sources/);
      assert.match(printed, /Sources/);
    }
    quiet(page);
  });

  test("an emergency is one page as well, with what to do before the medicines", async () => {
    const other = await serve(await published());
    try {
      const page = await visit(browser, other);
      await go(page, other, "/report");
      const { first, pages } = await onPaper("emergency", page);
      assert.equal(pages, 2);
      for (const said of [/EMERGENCY\. Call/, /fluoxetine/, /tramadol/, /The Hunter criteria/, /Shortened to one page/]) assert.match(first, said);
      assert.ok(first.indexOf("What to do") < first.indexOf("Medicines and their dates"));
      quiet(page);
    } finally {
      await other.stop();
    }
  });

  test("printed whole, it holds all sections, black on white", async () => {
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "dark" }]);
    await go(page, server, "/report");
    await press(page, /^The whole report$/);
    const { printed, pages } = await onPaper("whole", page);
    for (const said of [/sertraline/i, /dextromethorphan/i, /PHQ-9/, /What can help/]) assert.match(printed, said);
    assert.doesNotMatch(printed, /Shortened to one page/);
    assert.ok(pages > 2 && pages <= 12, `${pages} pages`);
    // Dark on the screen is black on white on paper.
    await page.emulateMediaType("print");
    const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const ink = await page.evaluate(() => getComputedStyle(document.querySelector("main p")).color);
    await page.emulateMediaType(undefined);
    const light = (color) => /\d+/g[Symbol.match](color).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) / 3;
    assert.ok(paper === "rgba(0, 0, 0, 0)" || light(paper) > 230, `the paper is ${paper}`);
    assert.ok(light(ink) < 110, `the ink is ${ink}`);
    quiet(page);
  });

  test("it is had as one HTML file and as a health record, both in need of nothing else", async () => {
    await go(page, server, "/report");
    const links = await page.$$eval("main a[href]", (all) => all.map((link) => link.getAttribute("href")).filter((href) => href.startsWith("/")));
    const had = {};
    for (const href of new Set(links)) {
      had[href] = await page.evaluate(async (href) => { const answer = await fetch(href); return { status: answer.status, kind: answer.headers.get("content-type") ?? "", saved: answer.headers.get("content-disposition") ?? "", text: await answer.text() }; }, href);
    }
    const saved = Object.values(had).filter((file) => file.saved.startsWith("attachment"));
    const html = saved.find((file) => file.kind.startsWith("text/html"));
    assert.ok(html, `no HTML file is offered among ${Object.keys(had)}`);
    assert.match(html.text, /sertraline/i);
    assert.doesNotMatch(html.text, /<script|<link[^>]+href="(?!data:)|src="(?!data:)/i);
    const fhir = saved.find((file) => /json/.test(file.kind));
    assert.ok(fhir, `no health record is offered among ${Object.keys(had)}`);
    assert.equal(JSON.parse(fhir.text.split("\n")[0]).resourceType, "Bundle");
    quiet(page);
  });

  test("the voice is chosen on any page and holds on all", async () => {
    await go(page, server, "/now");
    const plain = await text(page);
    await press(page, /^Speak as to a clinician$/, { within: "footer" });
    assert.match(page.url(), /\/now$/);
    assert.notEqual(await text(page), plain);
    await go(page, server, "/report");
    assert.equal(await page.$eval("html", (html) => html.dataset.voice), "clinician");
    await press(page, /^Speak in plain words$/, { within: "footer" });
    await go(page, server, "/now");
    assert.equal(await text(page), plain);
    quiet(page);
  });
});
