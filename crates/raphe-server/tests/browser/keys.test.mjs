// Without a mouse: every control of a page is reached by Tab, in the order of the page, and one sees where one is.

import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { anew, chromium, go, quiet, visit } from "./chromium.mjs";
import { living } from "./diaries.mjs";
import { serve } from "./server.mjs";

const PATHS = ["/now", "/timeline", "/together", "/why", "/whatif", "/plan", "/exam", "/mood", "/helping", "/report", "/diary", "/substances"];

/** So many controls of a page are gone through. */
const MOST = 150;

/** Numbers every control that can be used, in the order of the page; of the radio buttons of one name one is enough. */
const controls = (page) => page.evaluate(() => {
  const all = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")];
  const groups = new Set();
  return all
    .filter((control) => !control.disabled && control.checkVisibility({ visibilityProperty: true }))
    .filter((control) => control.type !== "radio" || !groups.has(control.name) && groups.add(control.name))
    .map((control, place) => {
      control.dataset.place = String(place);
      if (control.type === "radio") for (const other of document.getElementsByName(control.name)) other.dataset.place = String(place);
      return control.outerHTML.slice(0, 140);
    });
});

/** Where the keyboard is, and whether one sees it. */
const focus = (page) => page.evaluate(() => {
  const here = document.activeElement;
  if (!here || here === document.body) return undefined;
  // The ring may be around the frame that a field stands in.
  const ringed = (element) => { const style = getComputedStyle(element); return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1; };
  const box = here.getBoundingClientRect();
  // What lies over the middle of it, such as a bar that sticks to the window.
  const over = document.elementFromPoint(Math.min(innerWidth - 1, box.x + box.width / 2), box.y + Math.min(box.height, innerHeight) / 2);
  return {
    place: here.dataset.place === undefined ? undefined : Number(here.dataset.place),
    // The parts of a date or a time are marked by the browser itself.
    ring: (!here.matches(":focus") && here.matches(":focus-within")) || ringed(here) || ringed(here.parentElement),
    inside: box.bottom > 0 && box.top < innerHeight,
    covered: Boolean(over) && over !== here && !here.contains(over) && !over.contains(here) && over.tagName !== "LABEL",
    html: here.outerHTML.slice(0, 140),
  };
});

describe("by keyboard alone", () => {
  let server, browser, page;
  before(async () => {
    server = await serve(living());
    browser = await chromium();
    page = await visit(browser, server);
    // Whoever asks for less motion is taken to the place at once, and so is this test.
    await page.emulateMediaFeatures([{ name: "prefers-reduced-motion", value: "reduce" }]);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  beforeEach(() => anew(page));

  test("the first Tab offers to skip the menu", async () => {
    await go(page, server, "/now");
    await page.keyboard.press("Tab");
    const skip = await page.evaluate(() => ({ text: document.activeElement.textContent, left: document.activeElement.getBoundingClientRect().left }));
    assert.match(skip.text, /^Skip/);
    assert.ok(skip.left >= 0, "the link is not seen");
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement.id), "main");
    await page.keyboard.press("Tab");
    assert.ok(await page.evaluate(() => !document.activeElement.closest("header")), "the menu was not skipped");
  });

  for (const path of PATHS) {
    test(`Tab reaches every control of ${path} and shows where it is`, async () => {
      await go(page, server, path);
      const expected = await controls(page);
      assert.ok(expected.length > 10, "no controls were found");
      const reached = [];
      // A list of hundreds of links is taken as reached where its beginning is.
      const [wanted, most] = [expected.slice(0, MOST), Math.min(expected.length, MOST) + 60];
      for (let presses = 0; presses < most; presses += 1) {
        await page.keyboard.press("Tab");
        const here = await focus(page);
        if (!here) break;
        assert.ok(here.ring, `nothing shows that the keyboard is at ${here.html}`);
        assert.ok(here.inside, `the keyboard is out of sight at ${here.html}`);
        assert.ok(!here.covered, `something lies over ${here.html}`);
        // A date has several parts to go through.
        if (here.place !== undefined && here.place !== reached.at(-1)) reached.push(here.place);
      }
      const missed = wanted.filter((_, place) => !reached.includes(place));
      assert.deepEqual(missed, [], "controls that Tab does not reach");
      assert.deepEqual(reached, [...new Set(reached)].sort((one, other) => one - other), "Tab goes another way than the page");
      quiet(page);
    });
  }
});
