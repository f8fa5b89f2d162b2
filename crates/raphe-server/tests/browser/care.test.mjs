// Asked step by step: the exam to its end, a questionnaire with its score, and whom to call before anything else where an
// answer asks for it.

import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { anew, chromium, control, discreet, fill, go, press, quiet, text, visit } from "./chromium.mjs";
import { living } from "./diaries.mjs";
import { serve } from "./server.mjs";

describe("asked step by step", () => {
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
    diary = await server.diary();
  });
  const added = async () => (await server.diary()).slice(diary.length).trim().split("\n").filter(Boolean);

  test("the exam is answered to its end and written into the diary", async () => {
    await go(page, server, "/exam");
    const asked = [];
    while (asked.length < 40) {
      const [question] = await page.$$eval("#question", (all) => all.map((heading) => heading.innerText));
      if (!question) break;
      assert.ok(!asked.includes(question), `asked twice: ${question}`);
      asked.push(question);
      assert.deepEqual(await server.diary(), diary, "nothing is written before the end");
      if (/temperature/i.test(question)) {
        await fill(page, /^Temperature/, "warm");
        await press(page, /^Take this/);
        const field = await control(page, "field", /^Temperature/);
        assert.equal(await field.evaluate((element) => element.value), "warm", "what was typed is kept");
        assert.equal(await field.evaluate((element) => element.ariaInvalid), "true");
        page.seen.complaints = page.seen.complaints.filter((line) => !line.includes("422"));
        await fill(page, /^Temperature/, "37.2");
        await press(page, /^Take this/);
      } else {
        await press(page, /tremor|shak/i.test(question) ? /^It is there/ : /^It is not there/);
      }
    }
    assert.ok(asked.length >= 3, `only ${asked.length} questions: ${asked}`);
    assert.match(await text(page), /That is all/);
    await press(page, /^Write it into the diary/);
    assert.match((await added()).join("\n"), /^\d{4}-\d\d-\d\d \d\d:\d\d\s+(sign|feel|vital|deny)/m);
    quiet(page);
    discreet(page);
  });
});
