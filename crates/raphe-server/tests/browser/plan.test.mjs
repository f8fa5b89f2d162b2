// A plan to come off a medicine and one to change to another: dates, both curves, a window that is kept free, and lines for the
// diary once it is agreed.

import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { anew, chromium, control, discreet, fill, go, press, quiet, text, visit } from "./chromium.mjs";
import { day, living } from "./diaries.mjs";
import { serve } from "./server.mjs";

describe("a plan", () => {
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
  const twin = () => page.evaluate(() => fetch("/plan.json").then((answer) => answer.json()));

  test("to change from sertraline to phenelzine: both curves, and two weeks without either", async () => {
    await go(page, server, "/plan");
    await fill(page, /^Change to another medicine/);
    await fill(page, /^Taken now/, "sertraline");
    await fill(page, /^To follow/, "phenelzine");
    await press(page, /^Work it out/);
    const says = await text(page);
    assert.match(says, /Last dose of sertraline/i);
    assert.match(says, /First dose of phenelzine/i);
    assert.match(says, new RegExp(day(0).slice(0, 3)), "it has dates");
    assert.match(says, /14 days|two weeks|2 weeks/i, "the washout that every label of an MAO inhibitor asks for");
    assert.ok(await page.$("main svg"), "no curve is drawn");
    const plan = await twin();
    assert.match(plan.schema ?? "", /^raphe\.plan\//);
    assert.equal(await server.diary(), diary, "a plan that is only made changes nothing");
    quiet(page);
    discreet(page);
  });

  test("a name that is not known is said beside its field, and kept", async () => {
    await go(page, server, "/plan");
    await fill(page, /^Change to another medicine/);
    await fill(page, /^To follow/, "phenelzin3");
    await press(page, /^Work it out/);
    const field = await control(page, "field", /^To follow/);
    assert.equal(await field.evaluate((element) => element.value), "phenelzin3");
    assert.equal(await field.evaluate((element) => element.ariaInvalid), "true");
    quiet(page);
  });

  test("to come off sertraline: steps, and lines for the diary once they are agreed", async () => {
    await go(page, server, "/plan");
    await fill(page, /^Come off a medicine/);
    await fill(page, /^Taken now/, "sertraline");
    await press(page, /^Work it out/);
    const says = await text(page);
    assert.match(says, /Coming off sertraline/i);
    assert.match(says, /sudden/i, "not to stop suddenly");
    assert.equal(await server.diary(), diary);
    await fill(page, /prescriber has agreed/);
    await press(page, /^Write them into the diary/);
    const added = (await server.diary()).slice(diary.length);
    assert.match(added, /^\d{4}-\d\d-\d\d.*(change|stop)\s+sertraline/m);
    assert.match(await text(page), /stand in the diary/);
    quiet(page);
    discreet(page);
  });
});
