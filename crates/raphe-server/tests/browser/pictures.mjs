// Pictures of every page, to look at: narrow and wide, light and dark, of a published case and of daily life.
// `node pictures.mjs FOLDER`; `node pictures.mjs --readme` makes the two of the README instead.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { chromium, go, visit } from "./chromium.mjs";
import { living, published } from "./diaries.mjs";
import { ROOT, serve } from "./server.mjs";

const WIDTHS = [390, 1280];
/** Pages that are not in the menu. */
const MORE = ["/unwell", "/start", "/substances/sertraline"];

/** Serves a diary and shows it. */
async function shown(diary, work, options) {
  const server = await serve(diary, options);
  const browser = await chromium();
  try {
    await work(await visit(browser, server), server);
  } finally {
    await browser.close();
    await server.stop();
  }
}

async function every(folder) {
  for (const [story, diary] of [["case", await published()], ["life", living()]]) {
    await mkdir(join(folder, story), { recursive: true });
    await shown(diary, async (page, server) => {
      const menu = await page.$$eval("nav[aria-label=Pages] a", (links) => links.map((link) => link.getAttribute("href")));
      for (const path of [...menu, ...MORE]) {
        for (const width of WIDTHS) {
          await page.setViewport({ width, height: 900 });
          const answer = await go(page, server, path);
          if (answer.status() !== 200) {
            console.error(`${path} answers ${answer.status()}`);
            continue;
          }
          for (const scheme of ["light", "dark"]) {
            await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
            const name = join(folder, story, `${path.slice(1).replaceAll("/", "-")}-${width}-${scheme}.png`);
            await page.screenshot({ path: name, fullPage: true });
            console.log(name);
          }
        }
      }
      for (const complaint of page.seen.complaints) console.error(complaint);
    });
  }
}

/** The window that the README shows of two pages. */
const README = [
  { name: "web-now.png", path: "/now", diary: "examples/tramadol.raphe", height: 960 },
  { name: "web-timeline.png", path: "/timeline", diary: "examples/helping-sertraline.raphe", height: 960 },
];

async function readme() {
  for (const { name, path, diary, height } of README) {
    await shown(await readFile(join(ROOT, diary), "utf8"), async (page, server) => {
      await page.setViewport({ width: 1280, height });
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "light" }]);
      await go(page, server, path);
      await writeFile(join(ROOT, "docs", name), await page.screenshot());
    }, { people: 500 });
  }
}

const [to] = process.argv.slice(2);
if (!to) {
  console.error("say into which folder, or --readme");
  process.exitCode = 2;
} else if (to === "--readme") {
  await readme();
} else {
  await every(to);
}
