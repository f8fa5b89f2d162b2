// Every page of the menu, with a published case and with daily life: it is there, it asks nobody else, axe-core finds nothing,
// nothing sticks out, and it stands in dark, in forced colors, without motion and without script.

import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { anew, chromium, faults, go, overflow, quiet, text, unfold, visit } from "./chromium.mjs";
import { living, published } from "./diaries.mjs";
import { enter, raw, serve } from "./server.mjs";

/** The pages that there must be, with their headings. */
const PAGES = {
  "/now": "Now",
  "/timeline": "Timeline",
  "/together": "Together",
  "/why": "Why",
  "/whatif": "What if",
  "/plan": "Plan",
  "/exam": "Exam",
  "/mood": "Mood and factors",
  "/helping": "Helping",
  "/report": "Report",
  "/diary": "Diary",
  "/substances": "Substances",
};
const DIARIES = { "a published case": published, "daily life": async () => living() };

/** Light, dark and the rest of how people set their screens. */
const media = (page, features) => page.emulateMediaFeatures(Object.entries(features).map(([name, value]) => ({ name, value })));

for (const [story, diary] of Object.entries(DIARIES)) {
  describe(`every page with ${story}`, () => {
    let server, browser, page;
    before(async () => {
      server = await serve(await diary());
      browser = await chromium();
      page = await visit(browser, server);
    });
    after(async () => {
      await browser?.close();
      await server?.stop();
    });

    beforeEach(() => anew(page));

    test("the menu names them all", async () => {
      await go(page, server, "/now");
      const menu = await page.$$eval("nav[aria-label=Pages] a", (links) => Object.fromEntries(links.map((link) => [link.getAttribute("href"), link.textContent.trim()])));
      assert.deepEqual(menu, PAGES);
    });

    for (const [path, name] of [...Object.entries(PAGES), ["/start", "Your own diary"]]) {
      test(name, async () => {
        for (const width of [390, 1280]) {
          await page.setViewport({ width, height: 900 });
          await media(page, { "prefers-color-scheme": "light" });
          const answer = await go(page, server, path);
          assert.equal(answer.status(), 200, `${path} is there`);
          assert.equal(await page.$$eval("h1", (all) => all.map((h1) => h1.textContent).join()), name);
          assert.match(await page.title(), new RegExp(`^${name}: raphe$`));
          assert.ok((await text(page)).length > name.length + 60, "the page says something");
          await unfold(page);
          assert.deepEqual(await overflow(page), [], `sideways at ${width} px`);
          assert.deepEqual(await faults(page), [], `axe-core, light, ${width} px`);
          await media(page, { "prefers-color-scheme": "dark" });
          assert.deepEqual(await faults(page), [], `axe-core, dark, ${width} px`);
        }
        // The narrowest window, and a window of 1280 px at 200 %.
        for (const [width, deviceScaleFactor] of [[320, 1], [640, 2]]) {
          await page.setViewport({ width, height: 900, deviceScaleFactor });
          await media(page, { "prefers-color-scheme": "light" });
          await go(page, server, path);
          await unfold(page);
          assert.deepEqual(await overflow(page), [], `sideways at ${width} px`);
        }
        quiet(page);
      });
    }

    test("forced colors and reduced motion", async () => {
      await page.setViewport({ width: 800, height: 900 });
      for (const path of Object.keys(PAGES)) {
        const session = await page.createCDPSession();
        await session.send("Emulation.setEmulatedMedia", { features: [{ name: "forced-colors", value: "active" }, { name: "prefers-reduced-motion", value: "reduce" }] });
        await go(page, server, path);
        const [forced, moving, picture] = await page.evaluate(() => [
          matchMedia("(forced-colors: active)").matches,
          document.getAnimations().filter((animation) => animation.playState === "running" && animation.effect?.getTiming().iterations === Infinity).length,
          document.querySelector("main").innerText.length,
        ]);
        assert.ok(forced, "forced colors were not emulated");
        assert.equal(moving, 0, `${path} moves although it should not`);
        assert.ok(picture > 100, `${path} is empty`);
        assert.ok((await page.screenshot()).length > 5000, `${path} is blank`);
        await session.detach();
      }
      quiet(page);
    });

    test("each page has its JSON twin", async () => {
      const key = await enter(server);
      for (const path of Object.keys(PAGES)) {
        const twin = await raw(server, `${path}.json`, { headers: { Cookie: key.cookie } });
        const told = JSON.parse(twin.text);
        assert.match(twin.headers["content-type"], /^application\/(fhir\+)?json/, path);
        // Nothing was asked of the plan yet: that is said in JSON too.
        if (path === "/plan") assert.ok(twin.status === 200 || (twin.status === 404 && told.error), `${path}.json`);
        else assert.equal(twin.status, 200, `${path}.json`);
      }
    });

    test("without script every page is there and a form works", async () => {
      const plain = await visit(browser, server, { script: false });
      for (const [path, name] of Object.entries(PAGES)) {
        const answer = await plain.goto(server.origin + path, { waitUntil: "load" });
        assert.equal(answer.status(), 200);
        assert.match(await answer.text(), new RegExp(`<h1>${name}</h1>`));
      }
      await plain.goto(`${server.origin}/now`, { waitUntil: "load" });
      await plain.focus("button[name=voice]");
      await Promise.all([plain.waitForNavigation({ waitUntil: "load" }), plain.keyboard.press("Enter")]);
      assert.equal(await plain.$eval("button[name=voice]", (button) => button.textContent), "Speak in plain words", "the voice did not change");
      quiet(plain);
      await plain.browserContext().close();
    });
  });
}
