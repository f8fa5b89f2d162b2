// The little that pages cannot do alone. Everything works without it; nothing here reads or keeps what is in the diary.
"use strict";
(() => {
  const root = document.documentElement;
  const csrf = root.dataset.csrf ?? "";

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
  const renew = async (headers) => {
    const answer = await fetch(location.pathname, { headers, credentials: "same-origin" });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const fresh of page.querySelectorAll("[data-live]")) {
      const old = document.getElementById(fresh.id);
      if (old && !old.contains(document.activeElement)) old.replaceWith(document.adoptNode(fresh));
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

  // For the scripts of single pages.
  window.raphe = {
    csrf,
    renew,
    post: (path, fields) => fetch(path, {
      method: "POST", credentials: "same-origin", body: new URLSearchParams(fields),
      headers: { "x-raphe-csrf": csrf, "x-raphe-part": "1" },
    }),
  };
})();
