// Who comes in: nobody under another name, without the link, from another site or after the pages were locked.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import { chromium, control, faults, fill, go, leads, text, visit } from "./chromium.mjs";
import { living } from "./diaries.mjs";
import { enter, raw, serve } from "./server.mjs";

const PATHS = ["/", "/now", "/timeline", "/together", "/why", "/whatif", "/plan", "/exam", "/mood", "/helping", "/report", "/diary", "/substances", "/start"];
/** Words of the diary that nobody may see who was not let in. */
const PRIVATE = /sertraline|dextromethorphan|PHQ|1984/i;
const FORM = { "Content-Type": "application/x-www-form-urlencoded" };

describe("who comes in", () => {
  let server, key, diary;
  before(async () => {
    server = await serve(living());
    key = await enter(server);
    diary = await server.diary();
  });
  after(() => server?.stop());
  const untouched = async (what) => assert.equal(await server.diary(), diary, `${what} changed the diary`);

  test("the cookie stays with this browser and is sent to no other site", () => {
    assert.match(key.answer.headers["set-cookie"][0], /HttpOnly/i);
    assert.match(key.answer.headers["set-cookie"][0], /SameSite=Strict/i);
    assert.match(key.csrf, /^[0-9a-f]{32,}$/);
  });

  test("a name that was made to point here is refused, also with the cookie", async () => {
    for (const host of ["evil.example", `evil.example:${server.port}`, "127.0.0.1", `127.0.0.1:${server.port - 1}`, `127.0.0.1.evil.example:${server.port}`]) {
      for (const path of PATHS) {
        const answer = await raw(server, path, { headers: { Host: host, Cookie: key.cookie } });
        assert.equal(answer.status, 421, `${host}${path}`);
        assert.doesNotMatch(answer.text, PRIVATE);
      }
      const answer = await raw(server, "/settings", { method: "POST", headers: { Host: host, Origin: `http://${host}`, Cookie: key.cookie, ...FORM }, body: `csrf=${key.csrf}` });
      assert.equal(answer.status, 421, `a form to ${host}`);
    }
    const known = await raw(server, "/now", { headers: { Host: `127.0.0.1:${server.port}`, Cookie: key.cookie } });
    assert.equal(known.status, 200, "its own name is not refused");
  });

  test("without the cookie, or with a guessed one, no page says a word of the diary", async () => {
    const guess = key.cookie.replace(/.$/, (last) => (last === "0" ? "1" : "0"));
    for (const headers of [{}, { Cookie: guess }, { Cookie: key.cookie.split("=")[0] + "=" }]) {
      for (const path of PATHS.flatMap((path) => [path, `${path}.json`])) {
        const answer = await raw(server, path, { headers });
        assert.equal(answer.status, 401, path);
        assert.doesNotMatch(answer.text, PRIVATE);
      }
    }
  });

  test("every form of every page needs its secret and its own origin", async () => {
    const forms = new Map();
    for (const path of PATHS) {
      const page = await raw(server, path, { headers: { Cookie: key.cookie } });
      for (const [form] of page.text.matchAll(/<form\b[\s\S]*?<\/form>/g)) {
        if (!/method="post"/i.test(form)) continue;
        const action = /action="([^"]*)"/.exec(form)?.[1] ?? path;
        const names = [...form.matchAll(/name="([^"]+)"/g)].map(([, name]) => name);
        forms.set(action, new Set([...(forms.get(action) ?? []), ...names]));
        assert.ok(names.includes("csrf"), `the form ${action} on ${path} holds no secret`);
      }
    }
    assert.ok(forms.size >= 1, "no form was found");
    for (const [action, names] of forms) {
      const fields = (csrf) => new URLSearchParams([...names].map((name) => [name, name === "csrf" ? csrf : "take tramadol 50 mg"])).toString();
      const own = { Cookie: key.cookie, Origin: server.origin, ...FORM };
      for (const [what, headers, body] of [
        ["without a secret", own, fields("")],
        ["with a wrong secret", own, fields("0".repeat(64))],
        ["from another origin", { ...own, Origin: "http://evil.example" }, fields(key.csrf)],
        ["from another port", { ...own, Origin: `http://127.0.0.1:${server.port + 1}` }, fields(key.csrf)],
        ["from nowhere", { ...own, Origin: "null" }, fields(key.csrf)],
        ["from another site that hides its origin", { Cookie: key.cookie, "Sec-Fetch-Site": "cross-site", ...FORM }, fields(key.csrf)],
      ]) {
        const answer = await raw(server, action, { method: "POST", headers, body });
        assert.equal(answer.status, 403, `${action} ${what}`);
        await untouched(`${action} ${what}`);
      }
    }
  });

  test("every answer forbids what is not our own", async () => {
    for (const path of [...PATHS, "/assets/app.js", "/assets/app.css", "/nowhere"]) {
      const { headers } = await raw(server, path, { headers: { Cookie: key.cookie } });
      const policy = headers["content-security-policy"];
      assert.match(policy, /default-src 'none'/, path);
      assert.match(policy, /frame-ancestors 'none'/, path);
      assert.doesNotMatch(policy, /unsafe-|https?:|\*/, path);
      assert.equal(headers["cache-control"], "no-store", path);
      assert.equal(headers["x-content-type-options"], "nosniff", path);
    }
  });

  test("what is printed names no medicine and no page", () => {
    assert.doesNotMatch(server.said(), PRIVATE);
    assert.doesNotMatch(server.said(), /GET|POST|\/now/);
  });
});

describe("in the browser", () => {
  let server, browser;
  before(async () => {
    server = await serve(living());
    browser = await chromium();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  test("a link works once", async () => {
    const link = await server.link();
    const first = await browser.createBrowserContext();
    const page = await first.newPage();
    await page.goto(link, { waitUntil: "networkidle0" });
    assert.match(page.url(), /\/now$/);
    const second = await browser.createBrowserContext();
    const late = await second.newPage();
    const answer = await late.goto(link, { waitUntil: "networkidle0" });
    assert.equal(answer.status(), 401);
    assert.match(await text(late), /locked/);
    assert.doesNotMatch(await late.content(), PRIVATE);
    // Whoever came first is still in.
    assert.equal((await page.goto(`${server.origin}/now`)).status(), 200);
    await first.close();
    await second.close();
  });

  test("the button locks, and only a new link opens", async () => {
    const page = await visit(browser, server);
    await go(page, server, "/now");
    await leads(page, () => page.locator("aria/Lock these pages[role='button']").click());
    assert.match(await text(page), /locked/);
    assert.doesNotMatch(await page.content(), PRIVATE);
    for (const path of ["/now", "/diary", "/now.json"]) assert.equal((await page.goto(server.origin + path)).status(), 401);
    await page.goto(await server.link(), { waitUntil: "networkidle0" });
    assert.match(page.url(), /\/now$/);
    await page.browserContext().close();
  });

  test("a page of another site can neither send a form nor show ours in a frame", async () => {
    const page = await visit(browser, server);
    const csrf = await page.$eval("html", (html) => html.dataset.csrf);
    const diary = await server.diary();
    // The worst case: a page on this very machine, to which the cookie is sent, that knows the secret.
    const trap = createServer((_, answer) => answer.setHeader("Content-Type", "text/html").end(
      `<form method="post" action="${server.origin}/settings"><input name="csrf" value="${csrf}"><input name="voice" value="clinician"><button>Win</button></form>
       <iframe src="${server.origin}/now"></iframe>`,
    ));
    await new Promise((resolve) => trap.listen(0, "127.0.0.1", resolve));
    const lured = await page.browserContext().newPage();
    await lured.goto(`http://127.0.0.1:${trap.address().port}/`, { waitUntil: "networkidle0" });
    const frame = lured.frames().find((frame) => frame !== lured.mainFrame());
    assert.doesNotMatch(await frame.evaluate(() => document.body?.innerText ?? "").catch(() => ""), PRIVATE);
    const [answer] = await Promise.all([lured.waitForNavigation(), lured.click("button")]);
    assert.equal(answer.status(), 403);
    assert.equal(await server.diary(), diary);
    await go(page, server, "/now");
    assert.equal(await page.$eval("html", (html) => html.dataset.voice), "person", "the other site chose the voice");
    trap.close();
    await page.browserContext().close();
  });
});

test("left alone, the pages lock by themselves; what was typed is still there for who opens them again", async () => {
  const server = await serve(living(), { args: ["--lock-after", "0.1 min"] });
  const browser = await chromium();
  const locked = (page) => page.waitForFunction(() => document.body.innerText.includes("locked"), { timeout: 20_000 });
  try {
    const page = await visit(browser, server);
    assert.match(await page.evaluate(() => document.body.innerText), PRIVATE);
    await fill(page, /^Anything else/, "half a sentence");
    // Nobody clicks any more.
    await locked(page);
    assert.doesNotMatch(await page.evaluate(() => document.body.innerText), PRIVATE);
    assert.deepEqual(await faults(page), [], "axe-core");
    for (const path of ["/diary", "/now.json"]) {
      const other = await page.browserContext().newPage();
      assert.equal((await other.goto(server.origin + path)).status(), 401);
      assert.doesNotMatch(await other.content(), PRIVATE);
      await other.close();
    }
    const other = await page.browserContext().newPage();
    await other.goto(await server.link(), { waitUntil: "load" });
    await other.close();
    await page.bringToFront();
    await (await control(page, "button", /^Open again/)).click();
    await page.waitForFunction(() => !document.body.innerText.includes("locked"));
    assert.equal(await (await control(page, "field", /^Anything else/)).evaluate((field) => field.value), "half a sentence");
    assert.deepEqual(page.seen.foreign, []);
  } finally {
    await browser.close();
    await server.stop();
  }
});
