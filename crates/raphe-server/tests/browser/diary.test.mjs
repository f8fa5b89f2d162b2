// The file itself: edited with what is wrong under the line, by two windows at once, beside another program; begun by who has none.

import assert from "node:assert/strict";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { anew, chromium, control, controls, discreet, fill, go, press, quiet, text, visit, watched } from "./chromium.mjs";
import { day, living } from "./diaries.mjs";
import { serve } from "./server.mjs";

describe("the diary", () => {
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
  beforeEach(async () => {
    anew(page);
    await writeFile(server.file, living());
  });

  /** The field that holds the whole text. */
  const paper = (page) => page.waitForSelector("main textarea");
  const typed = (page) => page.$eval("main textarea", (area) => area.value);
  /** Changes the text as somebody who types would. */
  const edit = async (page, from, to) => (await page.$("main textarea")).evaluate((area, from, to) => {
    if (!area.value.includes(from)) throw new Error(`the page does not show ${from}`);
    area.focus();
    area.value = area.value.replace(from, to);
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }, from, to);
  /** A refused form is answered with 409 or 422, which Chromium writes into its console. */
  const refused = (page) => { page.seen.complaints = page.seen.complaints.filter((line) => !/status of (409|422)/.test(line)); };

  test("a line that cannot be read is spoken of under it, and the text is kept", async () => {
    await go(page, server, "/diary");
    assert.equal((await typed(page)).trim(), living().trim(), "the page shows the file");
    const area = await paper(page);
    await area.focus();
    await page.keyboard.down("Control");
    await page.keyboard.press("End");
    await page.keyboard.up("Control");
    const bad = `${day(-1)} sleep soon`;
    await page.keyboard.type(bad);
    // While it is typed, under the line in which one types.
    await page.waitForFunction(() => { const said = document.querySelector("#said"); return said && !said.hidden && /soon/.test(said.innerText); });
    const [under, line] = await page.evaluate(() => {
      const said = document.querySelector("#said").getBoundingClientRect();
      const area = document.querySelector("main textarea");
      return [said.top - area.getBoundingClientRect().top, (area.value.split("\n").length - 1) * parseFloat(getComputedStyle(area).lineHeight) - area.scrollTop];
    });
    assert.ok(under >= line, `the words stand at ${under} px, above their line at ${line} px`);
    assert.equal(await server.diary(), living(), "nothing is written while one types");
    await press(page, /^Save$/);
    refused(page);
    assert.match(await typed(page), /sleep soon/, "the text is kept");
    assert.match(await text(page), /soon/, "it is said which words are not read");
    const number = living().trimEnd().split("\n").length + 1;
    assert.match(await text(page), new RegExp(`line ${number}`, "i"));
    quiet(page);
    discreet(page);
  });

  test("a change is saved, and the version before is kept", async () => {
    await go(page, server, "/diary");
    await edit(page, "start    sertraline 50 mg daily", "start    sertraline 75 mg daily");
    await press(page, /^Save$/);
    assert.match(await text(page), /Saved/);
    assert.equal(await server.diary(), living().replace("sertraline 50 mg", "sertraline 75 mg"), "that line and no other");
    await go(page, server, "/diary/history");
    assert.ok((await controls(page, "link")).length + (await controls(page, "button")).length > 0);
    assert.match(await text(page), /\d{4}-\d\d-\d\d|\d\d:\d\d|today|ago/i, "when it was kept");
    quiet(page);
    discreet(page);
  });

  test("two windows change different lines: both stay", async () => {
    const other = await watched(page.browserContext(), server);
    await go(page, server, "/diary");
    await go(other, server, "/diary");
    await edit(page, "start    sertraline 50 mg daily", "start    sertraline 75 mg daily");
    await edit(other, "nausea 4/10", "nausea 2/10");
    await press(page, /^Save$/);
    await press(other, /^Save$/);
    assert.equal(await server.diary(), living().replace("sertraline 50 mg", "sertraline 75 mg").replace("nausea 4/10", "nausea 2/10"));
    quiet(page);
    quiet(other);
    await other.close();
  });

  test("two windows change the same line: the second is asked, and keeps what was typed", async () => {
    const other = await watched(page.browserContext(), server);
    await go(page, server, "/diary");
    await go(other, server, "/diary");
    await edit(page, "start    sertraline 50 mg daily", "start    sertraline 75 mg daily");
    await edit(other, "start    sertraline 50 mg daily", "start    sertraline 100 mg daily");
    await press(page, /^Save$/);
    await press(other, /^Save$/);
    refused(other);
    const first = living().replace("sertraline 50 mg", "sertraline 75 mg");
    assert.equal(await server.diary(), first, "the first is not written over");
    assert.match(await typed(other), /sertraline 100 mg/, "the second keeps what was typed");
    const says = await text(other);
    assert.match(says, /75 mg/);
    assert.match(says, /100 mg/);
    await fill(other, /mine/i);
    await press(other, /^Save$/);
    assert.equal(await server.diary(), living().replace("sertraline 50 mg", "sertraline 100 mg"));
    quiet(page);
    quiet(other);
    await other.close();
  });

  test("another program changed the file meanwhile: its line stays", async () => {
    await go(page, server, "/diary");
    const theirs = `${day(-1, "12:00")}  feel     headache 2/10\n`;
    await writeFile(server.file, living() + theirs);
    await edit(page, "nausea 4/10", "nausea 2/10");
    await press(page, /^Save$/);
    assert.equal(await server.diary(), living().replace("nausea 4/10", "nausea 2/10") + theirs);
    quiet(page);
  });

  test("the file vanishes: it is said where one looks, and what was typed is kept", async () => {
    await go(page, server, "/diary");
    await edit(page, "nausea 4/10", "nausea 2/10");
    await rm(server.file);
    await press(page, /^Save$/);
    refused(page);
    assert.match(await typed(page), /nausea 2\/10/);
    assert.match(await text(page), /gone|not there|no longer|vanish|cannot be found/i);
    await assert.rejects(readFile(server.file), "a file that somebody took away is not made again unasked");
    for (const path of ["/now", "/together", "/report"]) {
      await go(page, server, path);
      assert.match((await text(page)).slice(0, 200), /is not there any more\.\s+So nothing of it is judged here/, path);
    }
    const said = await page.evaluate(() => fetch("/now.json").then((answer) => answer.json()));
    assert.match(JSON.stringify(said.notices), /is not there any more/);
    quiet(page);
  });
});

test("who has no diary sees the example, marked as one, and begins their own", async () => {
  const server = await serve(undefined);
  const browser = await chromium();
  try {
    const page = await visit(browser, server);
    for (const path of ["/now", "/timeline", "/report"]) {
      await go(page, server, path);
      assert.match((await text(page)).slice(0, 300), /This is an example[\s\S]*not you/, path);
    }
    await press(page, /^Begin a diary of your own/, { kind: "link" });
    await fill(page, /^When were you born/, "nineteen eighty");
    await fill(page, /^Sex/, "Female");
    await fill(page, /^Country/, "United Kingdom");
    await fill(page, /^Weight/, "68 kg");
    await fill(page, /^Name/, "sertraline");
    await fill(page, /^Dose/, "50 mg");
    await fill(page, /^Since when/, day(-30));
    await press(page, /^Begin my diary/);
    page.seen.complaints = page.seen.complaints.filter((line) => !line.includes("422"));
    // What cannot be read is said beside its field; nothing is made, nothing has to be typed again.
    assert.equal(await (await control(page, "field", /^When were you born/)).evaluate((field) => field.ariaInvalid), "true");
    assert.equal(await (await control(page, "field", /^Weight/)).evaluate((field) => field.value), "68 kg");
    await assert.rejects(server.diary());
    await fill(page, /^When were you born/, "1984");
    await press(page, /^Begin my diary/);
    const diary = await readFile(join(server.folder, "health.raphe"), "utf8");
    assert.match(diary, /^profile\s+born 1984\s+sex female\s+weight 68 kg\s+country GB/m);
    assert.match(diary, /^\d{4}-\d\d-\d\d\s+start\s+sertraline 50 mg daily$/m);
    await go(page, server, "/now");
    const says = await text(page);
    assert.doesNotMatch(says, /This is an example/);
    assert.match(says, /sertraline/i);
    quiet(page);
    discreet(page);
  } finally {
    await browser.close();
    await server.stop();
  }
});
