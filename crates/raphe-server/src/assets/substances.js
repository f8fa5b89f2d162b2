// Filters the list of substances while somebody types; nothing leaves the page.
"use strict";
(() => {
  const field = document.getElementById("name");
  const told = document.getElementById("found");
  const form = field?.form;
  if (!form || !told) return;
  const key = (text) => text.normalize("NFKD").replace(/[^\p{L}\p{N}]/gu, "").toLowerCase();
  const all = [...document.querySelectorAll("ul.names > li")].map((row) => {
    const names = [row.querySelector("a").textContent, row.querySelector(".quiet")?.textContent ?? ""].map(key);
    return { row, names: names.concat((row.dataset.names ?? "").split(" ")) };
  });
  const filter = () => {
    const wanted = key(field.value);
    let shown = 0;
    for (const { row, names } of all) {
      row.hidden = wanted !== "" && !names.some((name) => name.includes(wanted));
      if (!row.hidden) shown += 1;
    }
    for (const group of document.querySelectorAll(".class, .class-set")) {
      group.hidden = !group.querySelector("ul.names > li:not([hidden])");
    }
    told.textContent = wanted === "" ? ""
      : shown > 0 ? `${shown} of ${all.length} match.`
      : "None has this name. Press Search: names that look alike are offered then.";
  };
  field.addEventListener("input", filter);
  // Enter opens the only one that is left; else the server searches everything there is.
  form.addEventListener("submit", (event) => {
    const left = all.filter(({ row }) => !row.hidden);
    if (key(field.value) !== "" && left.length === 1) {
      event.preventDefault();
      location.assign(left[0].row.querySelector("a").href);
    }
  });
})();
