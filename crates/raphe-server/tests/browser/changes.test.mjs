// What people come for: a line is added and judged, a future is tried by mouse and by keyboard. What a page says is compared
// with the file on the disk.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { after, before, beforeEach, describe, test } from "node:test";
import { anew, chromium, control, controls, discreet, fill, go, press, quiet, settled, text, visit } from "./chromium.mjs";
import { living } from "./diaries.mjs";
import { serve } from "./server.mjs";

/** What semantics of harm forbid beside a dose far above the highest: any figure of what it would do. */
const FIGURES = "main svg, main figure, main [data-live] table";

/** What the slider of a medicine and the parts that it redraws say. */
const future = (page) => page.evaluate(() => ({
  lines: document.querySelector("#whatif-lines")?.innerText ?? "",
  futures: document.querySelector("#whatif-futures")?.innerText ?? "",
}));

describe("a change", () => {
  let server, browser, page, diary;
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
    diary = living();
    await writeFile(server.file, diary);
  });
  const untouched = async () => assert.equal(await server.diary(), diary, "the diary was changed");
  const added = async () => {
    const now = await server.diary();
    assert.ok(now.startsWith(diary), "what was there before is not there any more");
    return now.slice(diary.length).trim().split("\n").filter(Boolean);
  };

  test("Now: a line that cannot be read is not taken, and what was typed stays", async () => {
    await go(page, server, "/now");
    await fill(page, /^What happened/, "I took something once");
    await fill(page, /^What$/, "tramadol");
    await fill(page, /^How much/, "50 bananas");
    await press(page, /^Add$/);
    const field = await control(page, "field", /^How much/);
    assert.equal(await field.evaluate((element) => element.value), "50 bananas");
    assert.equal(await field.evaluate((element) => element.ariaInvalid), "true");
    const message = await field.evaluate((element) => document.getElementById(element.getAttribute("aria-describedby"))?.innerText ?? "");
    assert.match(message, /unit|bananas/, "the message stands beside the field and says what is missing");
    await untouched();
    page.seen.complaints = page.seen.complaints.filter((line) => !line.includes("422"));
    quiet(page);
    discreet(page);
  });

  test("Now: a line is added, is in the file and changes the judgment", async () => {
    const before = await page.evaluate(() => fetch("/now.json").then((answer) => answer.json()));
    assert.doesNotMatch(JSON.stringify(before.findings), /tramadol/);
    await go(page, server, "/now");
    assert.doesNotMatch(await text(page), /tramadol/i);
    await fill(page, /^What happened/, "I took something once");
    await fill(page, /^What$/, "tramadol");
    await fill(page, /^How much/, "50 mg");
    await press(page, /^Add$/);
    assert.match(page.url(), /\/now$/);
    const lines = await added();
    assert.equal(lines.length, 1);
    assert.match(lines[0], /^\d{4}-\d\d-\d\d \d\d:\d\d\s+take\s+tramadol 50 mg$/);
    const says = await text(page);
    assert.match(says, /Added to the diary/);
    assert.match(says, /tramadol/i);
    assert.match(says, /New:.*(sertraline.*tramadol|tramadol.*sertraline)/i, "what it does together with what was there");
    const after = await page.evaluate(() => fetch("/now.json").then((answer) => answer.json()));
    assert.match(JSON.stringify(after.findings), /tramadol/);
    quiet(page);
    discreet(page);
  });

  test("Now: a feeling that somebody ticks is in the file", async () => {
    await go(page, server, "/now");
    await press(page, /^I feel unwell/, { kind: "link" });
    assert.match((await text(page)).slice(0, 600), /Call (999|112|911)/, "whom to call stands first");
    await fill(page, /shaking|tremor/i);
    await press(page, /write it down/i);
    assert.match((await added()).join("\n"), /feel\s+.*(tremor|shaking)/i);
    quiet(page);
    discreet(page);
  });

  test("What if: dragged by mouse, both futures are drawn while it moves", async () => {
    await go(page, server, "/whatif");
    const slider = await control(page, "field", /sertraline/i);
    assert.equal(await slider.evaluate((element) => element.type), "range");
    await slider.scrollIntoView();
    const before = await future(page);
    const place = await slider.evaluate((element) => Number(element.value));
    const box = await slider.boundingBox();
    const share = await slider.evaluate((element) => (element.value - element.min) / (element.max - element.min));
    const x = (share) => box.x + 8 + share * (box.width - 16);
    await page.mouse.move(x(share), box.y + box.height / 2);
    await page.mouse.down();
    for (let step = 1; step <= 12; step += 1) await page.mouse.move(x(share + ((0.97 - share) * step) / 12), box.y + box.height / 2);
    const drawn = page.waitForFunction((before) => document.querySelector("#whatif-lines")?.innerText !== before, {}, before.lines);
    await drawn; // The button is still down: it was redrawn while dragging.
    await page.mouse.up();
    await page.waitForFunction((place) => Number(document.querySelector("main input[type=range]").value) > place, {}, place);
    await settled(page);
    const after = await future(page);
    assert.match(after.lines, /change\s+sertraline\s+\d+ mg/);
    assert.match(after.futures, /As it is[\s\S]*With your changes/);
    assert.notEqual(after.futures, before.futures);
    assert.ok(page.seen.requests.some((url) => url.endsWith("/whatif/redraw")), "the figure was not redrawn");
    await untouched();
    quiet(page);
    discreet(page);
  });

  test("What if: moved by keyboard alone, and told to a screen reader", async () => {
    await go(page, server, "/whatif");
    const slider = await control(page, "field", /sertraline/i);
    await slider.focus();
    await page.keyboard.press("Home");
    await page.waitForFunction(() => /stop\s+sertraline/.test(document.querySelector("#whatif-lines")?.innerText ?? ""));
    assert.match(await slider.evaluate((element) => element.ariaValueText), /none/i);
    await settled(page);
    const none = await future(page);
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction(() => !/stop\s+sertraline/.test(document.querySelector("#whatif-lines")?.innerText ?? ""));
    assert.match(await slider.evaluate((element) => element.ariaValueText), /mg/);
    await settled(page);
    assert.notEqual((await future(page)).futures, none.futures);
    assert.equal(await page.evaluate(() => document.activeElement.type), "range", "the keyboard lost its place");
    await untouched();
    quiet(page);
  });

  test("What if: far too much gets whom to call, and no figure", async () => {
    await go(page, server, "/whatif");
    if ((await controls(page, "button", /^Remove all$/)).length > 0) await press(page, /^Remove all$/);
    const drawn = await page.$$eval(FIGURES, (all) => all.length);
    assert.ok(drawn > 0, "there is a figure to withhold");
    await (await control(page, "fold", /add something/i)).click();
    await fill(page, /^What$/, "sertraline");
    await fill(page, /^How much/, "5000 mg");
    await fill(page, /^How often/, "once");
    await press(page, /^Try with it/);
    const says = await text(page);
    assert.match(says, /Samaritans|116 123|988|crisis/i, "the crisis line");
    assert.match(says, /poison/i, "the poison center");
    assert.equal(await page.$$eval(FIGURES, (all) => all.length), 0, "a figure was drawn");
    assert.doesNotMatch(says, /\d+ ?%|times \(/, "a probability or a level is told");
    const twin = await page.evaluate(() => fetch("/whatif.json").then((answer) => answer.text()));
    assert.doesNotMatch(twin, /"fold_change"\s*:\s*\{|"occupancy"\s*:\s*\{/, "the JSON twin tells it");
    await press(page, /take .*back/i);
    assert.ok((await page.$$eval(FIGURES, (all) => all.length)) > 0, "the way back");
    await untouched();
    quiet(page);
    discreet(page);
  });

  test("What if: what is agreed is written, and only then", async () => {
    await go(page, server, "/whatif");
    await (await control(page, "fold", /stop one/i)).click();
    await fill(page, /^Which/, "sertraline", "form:has([value=stop])");
    await press(page, /^Try without it/);
    assert.match(await text(page), /Do not stop suddenly, ask first/);
    await untouched();
    await fill(page, /agreed with the prescriber/);
    await press(page, /^Write .* into the diary/);
    assert.match((await added()).join("\n"), /^\d{4}-\d\d-\d\d.*stop\s+sertraline$/);
    assert.match(await text(page), /in the diary/);
    quiet(page);
    discreet(page);
  });
});
