// The little that pages cannot do alone. Everything works without it; nothing here reads or keeps what is in the diary.
"use strict";
(() => {
  const root = document.documentElement;

  // The server draws figures for the real width: the page tells it, and asks again when it was wrong.
  const room = () => {
    const main = document.querySelector("main");
    const style = main && getComputedStyle(main);
    const inner = main ? main.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) : innerWidth - 32;
    return Math.round(Math.min(1600, Math.max(280, inner)));
  };
  const tell = () => { document.cookie = `raphe_width=${room()}; path=/; SameSite=Strict`; };
  if (root.dataset.go) {
    tell();
    location.replace(root.dataset.go);
    return;
  }

  // Puts the parts of a newer copy of this page in place of the old ones, unless somebody types in them.
  const renew = async (headers, force = false) => {
    const answer = await fetch(location.pathname, { headers, credentials: "same-origin" });
    if (!answer.ok || root.hasAttribute("data-locked")) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const fresh of page.querySelectorAll("[data-live]")) {
      const old = document.getElementById(fresh.id);
      const active = document.activeElement;
      const held = old?.contains(active);
      if (!old || (held && !force)) continue;
      old.replaceWith(document.adoptNode(fresh));
      if (held && active.id) document.getElementById(active.id)?.focus({ preventScroll: true });
    }
    const note = page.querySelector(".refining");
    const shown = document.querySelector(".refining");
    if (shown) note ? shown.replaceWith(document.adoptNode(note)) : shown.remove();
    root.dataset.width = page.documentElement.dataset.width;
    document.dispatchEvent(new Event("raphe:renewed"));
  };
  if (root.dataset.width && Math.abs(Number(root.dataset.width) - room()) > 12) { tell(); renew({}); }
  if ("refining" in root.dataset) renew({ "x-raphe-all": "1" });
  let resized;
  addEventListener("resize", () => {
    clearTimeout(resized);
    resized = setTimeout(() => { if (Math.abs(Number(root.dataset.width) - room()) > 12) { tell(); renew({}); } }, 250);
  });

  // When nobody touches the page for as long as the server waits, the page hides what it shows; the text that was typed stays in
  // it. The clock on the wall is asked, because a timer stands still while the machine sleeps. Somebody who reads without
  // asking for a page tells the server so, once a minute at most.
  const idle = Number(root.dataset.idle ?? 0) * 1000;
  if (idle > 0) {
    let touched = Date.now();
    let told = Date.now();
    const awake = async () => {
      const answer = await fetch("/awake", { credentials: "same-origin" }).catch(() => null);
      if (!answer || !answer.ok) return answer ? "locked" : "gone";
      root.dataset.csrf = await answer.text();
      for (const field of document.querySelectorAll("input[name=csrf]")) field.value = root.dataset.csrf;
      return "open";
    };
    const title = document.title;
    const say = (words) => {
      const status = document.getElementById("lock-status");
      if (status) status.textContent = words;
    };
    const open = async () => {
      const state = await awake();
      if (state === "locked") return say("Still locked. Open a new link in this browser first, then press the button again.");
      if (state === "gone") return say("The program does not answer. Start it again, open its link, then press the button again.");
      document.getElementById("lock").remove();
      root.removeAttribute("data-locked");
      document.title = title;
      for (const part of document.body.children) part.inert = false;
      touched = told = Date.now();
    };
    const hide = () => {
      if (root.hasAttribute("data-locked")) return;
      document.activeElement?.blur?.();
      for (const part of document.body.children) part.inert = true;
      root.setAttribute("data-locked", "");
      document.title = "raphe: locked";
      const part = (name, words, parent) => {
        const made = document.createElement(name);
        made.textContent = words;
        parent.append(made);
        return made;
      };
      const lock = document.createElement("main");
      lock.id = "lock";
      part("h1", "These pages are locked.", lock).tabIndex = -1;
      part("p", "Nobody touched them for a while. What you typed is still here.", lock);
      part("p", "To go on: press Enter in the window where the program was started, open the link it prints in this browser, come back to this page and press the button.", lock);
      part("p", "In an emergency call the emergency number now.", lock);
      const button = part("button", "Open again", lock);
      button.type = "button";
      button.className = "main";
      button.addEventListener("click", open);
      const status = part("p", "", lock);
      status.id = "lock-status";
      status.setAttribute("role", "status");
      document.body.append(lock);
      lock.querySelector("h1").focus();
    };
    const look = () => { if (Date.now() - touched >= idle) hide(); };
    const touch = () => {
      if (root.hasAttribute("data-locked")) return;
      look();
      if (root.hasAttribute("data-locked")) return;
      touched = Date.now();
      if (touched - told > Math.min(60000, idle / 4)) {
        told = touched;
        awake().then((state) => { if (state === "locked") hide(); });
      }
    };
    for (const event of ["pointerdown", "keydown", "wheel", "touchmove"]) addEventListener(event, touch, { passive: true, capture: true });
    for (const event of ["focus", "pageshow", "visibilitychange"]) addEventListener(event, look, { capture: true });
    setInterval(look, Math.min(5000, Math.max(250, idle / 8)));
  }

  // For the scripts of single pages.
  window.raphe = {
    get csrf() { return root.dataset.csrf ?? ""; },
    renew,
    post: (path, fields) => fetch(path, {
      method: "POST", credentials: "same-origin", body: new URLSearchParams(fields),
      headers: { "x-raphe-csrf": root.dataset.csrf ?? "", "x-raphe-part": "1" },
    }),
  };
})();
