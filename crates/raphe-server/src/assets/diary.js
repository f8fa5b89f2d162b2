// The diary while it is typed: numbers beside the lines, and what is to be said of a line under it.
"use strict";
(() => {
  const paper = document.querySelector("[data-paper]");
  const text = document.getElementById("text");
  if (!paper || !text) return;
  const form = text.form;
  const gutter = paper.querySelector(".gutter");
  const said = document.getElementById("said");
  let known = new Map();
  let hushed = false;

  const learn = () => {
    known = new Map();
    for (const item of document.querySelectorAll("#notices [data-line]")) known.set(Number(item.dataset.line), item);
  };

  // One text, so that ten thousand lines stay quick; a sign tells which lines are spoken of.
  let shown = "";
  const number = () => {
    let count = 1;
    for (let at = text.value.indexOf("\n"); at >= 0; at = text.value.indexOf("\n", at + 1)) count++;
    const marks = { error: "✗ ", warning: "! " };
    const lines = [];
    for (let line = 1; line <= count; line++) {
      const item = known.get(line);
      lines.push(`${(item && marks[item.dataset.weight]) || ""}${line}`);
    }
    const next = `${lines.join("\n")}\n\n`;
    if (next !== shown) gutter.textContent = shown = next;
    gutter.scrollTop = text.scrollTop;
  };

  const lineHeight = () => parseFloat(getComputedStyle(text).lineHeight);
  const here = () => text.value.slice(0, text.selectionStart).split("\n").length;

  // Under the line that the cursor is in; Escape hides it until the next key.
  const speak = () => {
    const line = here();
    const item = known.get(line);
    const silent = !item || item.dataset.weight === "info" || hushed || document.activeElement !== text;
    const top = line * lineHeight() + parseFloat(getComputedStyle(text).paddingTop) - text.scrollTop;
    if (silent || top < 0 || top - lineHeight() >= text.clientHeight) {
      said.hidden = true;
      return;
    }
    const words = [...item.querySelectorAll(".found > li")].map((part) => part.textContent.trim()).join(" ");
    if (said.textContent !== words) said.textContent = words;
    said.hidden = false;
    said.style.top = `${top + 2}px`;
  };

  let waiting;
  let asked = 0;
  const check = async () => {
    const mine = ++asked;
    const answer = await window.raphe.post("/diary/check", { text: text.value }).catch(() => null);
    if (!answer || !answer.ok || mine !== asked) return;
    const part = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("notices");
    if (!part || mine !== asked) return;
    const old = document.getElementById("notices");
    const open = old.querySelector("details")?.open;
    if (open && part.querySelector("details")) part.querySelector("details").open = true;
    old.replaceWith(document.adoptNode(part));
    learn();
    number();
    speak();
  };

  const clean = text.value;
  let leaving = false;
  text.addEventListener("input", () => {
    hushed = false;
    number();
    clearTimeout(waiting);
    waiting = setTimeout(check, 400);
  });
  text.addEventListener("scroll", () => { gutter.scrollTop = text.scrollTop; speak(); });
  for (const event of ["keyup", "click", "focus", "blur"]) text.addEventListener(event, speak);
  text.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { hushed = true; speak(); } else if (event.key.startsWith("Arrow")) hushed = false;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") { event.preventDefault(); form.requestSubmit(); }
  });
  form.addEventListener("submit", () => { leaving = true; });
  addEventListener("beforeunload", (event) => { if (!leaving && text.value !== clean) event.preventDefault(); });
  addEventListener("pageshow", () => { leaving = false; number(); });

  // From a line below to the same line above.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-goto]");
    if (!link) return;
    event.preventDefault();
    const line = Number(link.dataset.goto);
    let at = 0;
    for (let next = 1; next < line; next++) {
      const end = text.value.indexOf("\n", at);
      if (end < 0) break;
      at = end + 1;
    }
    const end = text.value.indexOf("\n", at);
    text.focus({ preventScroll: true });
    text.setSelectionRange(at, end < 0 ? text.value.length : end);
    text.scrollTop = Math.max(0, (line - 4) * lineHeight());
    paper.scrollIntoView({ block: "center" });
    speak();
  });

  // As high as the field, also when somebody drags its corner.
  new ResizeObserver(() => {
    gutter.style.height = `${text.offsetHeight}px`;
    gutter.scrollTop = text.scrollTop;
  }).observe(text);

  learn();
  number();
})();
