// A server of its own for each test file: the built binary, a temporary folder with a copy of a diary, a free port.

import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { request as ask } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The top folder of the repository. */
export const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
/** The program under test; `scripts/browser` builds it and says where it is. */
const BINARY = process.env.RAPHE ?? join(ROOT, "target/debug/raphe");
/** So few virtual people that a page is quick, and more than the first picture is made with, so that it is refined too. */
const PEOPLE = 64;
/** How long the server may take to say where it listens, ms. */
const PATIENCE = 20_000;

/** Starts `raphe serve` with a diary of this text (`undefined`: no file is named) and returns when it listens. */
export async function serve(text, { people = PEOPLE, args = [] } = {}) {
  const folder = await mkdtemp(join(tmpdir(), "raphe-browser-"));
  const file = join(folder, "health.raphe");
  if (text !== undefined) await writeFile(file, text);
  const words = ["serve", ...(text === undefined ? [] : [file]), "--no-open", "--port", "0", "--people", String(people), ...args];
  const child = spawn(BINARY, words, { cwd: folder, stdio: ["pipe", "pipe", "pipe"] });
  let said = "";
  let heard = () => {};
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => { said += data; heard(); });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.once("error", (error) => { said += error.message; heard(); });

  /** The newest link that was printed beyond the first `known`. */
  const links = () => [...said.matchAll(/http:\/\/\S+/g)].map(([link]) => link);
  const linked = (known) => new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${BINARY} printed no link:\n${said}`)), PATIENCE);
    heard = () => { if (links().length > known) { clearTimeout(timer); resolve(links().at(-1)); } };
    ended.then(() => { clearTimeout(timer); reject(new Error(`${BINARY} ended:\n${said}`)); });
    heard();
  });
  const first = await linked(0).catch(async (error) => {
    child.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true });
    throw error;
  });
  let unused = first;

  return {
    folder,
    file,
    origin: new URL(first).origin,
    port: Number(new URL(first).port),
    /** A link that nobody used yet. */
    async link() {
      if (unused) { const link = unused; unused = undefined; return link; }
      const known = links().length;
      child.stdin.write("\n");
      return linked(known);
    },
    /** What the diary holds on disk now. */
    diary: () => readFile(file, "utf8"),
    /** Everything that was printed. */
    said: () => said,
    async stop() {
      child.kill("SIGKILL");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** One request below the browser, with any header: what a page of another site or another program could send. */
export function raw(server, path, { method = "GET", headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port: server.port, path, method, headers: { Host: `127.0.0.1:${server.port}`, ...headers }, setHost: false };
    const sent = ask(options, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (part) => { text += part; }).on("end", () => resolve({ status: answer.statusCode, headers: answer.headers, text }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** The cookie that a link gives to whoever comes first, for [`raw`], and the secret of its forms. */
export async function enter(server) {
  const link = new URL(await server.link());
  const answer = await raw(server, link.pathname + link.search);
  const cookie = answer.headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
  const page = await raw(server, "/now", { headers: { Cookie: cookie } });
  return { cookie, csrf: /data-csrf="([0-9a-f]+)"/.exec(page.text)?.[1] ?? "", answer };
}
