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

  /** Opens the PHQ-9 and answers its nine questions; `undefined` leaves one open. */
  async function phq9(answers) {
    await go(page, server, "/mood");
    await press(page, /^PHQ-9/);
    const groups = await page.$$eval("main fieldset input[type=radio]", (all) => [...new Set(all.map((radio) => radio.name))]);
    assert.equal(groups.length, 9, "nine questions");
    for (const [place, answer] of answers.entries()) {
      if (answer !== undefined) await (await page.$(`main input[name="${groups[place]}"][value="${answer}"]`)).click();
    }
    return groups;
  }
  const chosen = (name) => page.$eval(`main input[name="${name}"]:checked`, (radio) => radio.value).catch(() => undefined);

  test("a questionnaire is filled in: the line is in the file, the score on the page", async () => {
    await phq9([1, 2, 1, 2, 1, 0, 1, 0, 0]);
    await press(page, /^Write it into the diary/);
    const lines = await added();
    assert.equal(lines.length, 1);
    assert.match(lines[0], /score\s+PHQ-9 1 2 1 2 1 0 1 0 0$/);
    await go(page, server, "/mood");
    const says = await text(page);
    assert.match(says, /PHQ-9[\s\S]{0,400}\b8\b/, "the total");
    assert.match(says, /mild/i, "what the total is called");
    quiet(page);
    discreet(page);
  });

  test("a question left open is named, and the others keep their answers", async () => {
    const groups = await phq9([1, 2, undefined, 2, 1, 0, 1, 0, 0]);
    await press(page, /^Write it into the diary/);
    assert.deepEqual(await added(), []);
    assert.match(await text(page), /question 3/i);
    assert.equal(await chosen(groups[1]), "2");
    assert.equal(await chosen(groups[2]), undefined);
    page.seen.complaints = page.seen.complaints.filter((line) => !line.includes("422"));
    quiet(page);
  });

  test("thoughts of death: whom to call stands before the score, at once and after", async () => {
    const groups = await phq9([0, 1, 0, 1, 0, 0, 0, 0, 0]);
    const calls = /116 123|Samaritans/;
    assert.doesNotMatch(await page.$eval("main form fieldset:last-of-type", (last) => last.parentElement.innerText), calls, "nobody is alarmed before");
    await (await page.$(`main input[name="${groups[8]}"][value="1"]`)).click();
    await page.waitForFunction(() => /116 123|Samaritans/.test(document.querySelector("main form").innerText));
    await press(page, /^Write it into the diary/);
    assert.match((await added()).join("\n"), /score\s+PHQ-9 0 1 0 1 0 0 0 0 1$/);
    const says = await text(page);
    const [call, score] = [says.search(calls), says.search(/PHQ-9/)];
    assert.ok(call >= 0, "nobody to call is named");
    assert.ok(score < 0 || call < score, "the score stands before whom to call");
    for (const path of ["/mood", "/timeline", "/report"]) {
      await go(page, server, path);
      assert.match(await text(page), calls, `${path} names nobody to call`);
    }
    quiet(page);
    discreet(page);
  });
});
