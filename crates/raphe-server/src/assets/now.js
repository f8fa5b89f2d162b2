// Shows the fields that the chosen kind of entry has, each with its own words. Without it all fields are there.
"use strict";
(() => {
  const form = document.querySelector("form[data-add]");
  const kind = form?.querySelector("#add-kind");
  if (!kind) return;
  const fit = () => {
    const chosen = kind.selectedOptions[0].dataset;
    for (const name of ["what", "much", "often"]) {
      const field = form.querySelector(`[data-field="${name}"]`);
      const label = chosen[name];
      field.hidden = label === undefined && !field.querySelector("[aria-invalid]");
      if (label !== undefined && name !== "often") {
        field.querySelector("label").textContent = label;
        field.querySelector("input").placeholder = chosen[`${name}Example`] ?? "";
      }
    }
  };
  kind.addEventListener("change", fit);
  fit();
})();
