// A plan takes a moment: says so, and sends it once.
"use strict";
(() => {
  const form = document.getElementById("plan-form");
  const told = document.getElementById("plan-working");
  if (!form || !told) return;
  let sent = false;
  const ready = () => {
    sent = false;
    form.removeAttribute("aria-busy");
    told.textContent = "";
  };
  form.addEventListener("submit", (event) => {
    if (sent) { event.preventDefault(); return; }
    sent = true;
    form.setAttribute("aria-busy", "true");
    told.textContent = "Working it out. This can take some seconds.";
  });
  addEventListener("pageshow", ready);
  // Who comes off a medicine names none that follows.
  const follows = form.querySelector(".to");
  const show = () => { follows.hidden = form.elements.kind.value === "stop"; };
  form.addEventListener("change", show);
  show();
})();
