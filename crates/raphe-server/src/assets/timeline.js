// Keys and dragging for the timeline. The stretch of time goes to the server in the body; no date stands in the address.
"use strict";
(() => {
  const group = () => document.getElementById("timeline");
  if (!group()) return;
  for (const hint of document.querySelectorAll(".scripted")) hint.hidden = false;

  let turn = 0;
  const show = async (fields) => {
    const mine = ++turn;
    group().setAttribute("aria-busy", "true");
    await raphe.post("/timeline/view", { ...fields, csrf: raphe.csrf });
    if (mine === turn) await raphe.renew({}, true);
    group().removeAttribute("aria-busy");
  };

  document.querySelector("form.moves").addEventListener("submit", (event) => {
    event.preventDefault();
    show({ act: event.submitter?.value ?? "all" });
  });
  const KEYS = { ArrowLeft: "earlier", ArrowRight: "later", "+": "closer", "=": "closer", "-": "wider", 0: "all" };
  document.addEventListener("keydown", (event) => {
    const act = KEYS[event.key];
    if (!act || document.activeElement !== group() || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    show({ act });
  });

  // Dragging chooses a stretch; a click does nothing.
  let from = null;
  let mark = null;
  const place = (svg, event) => {
    const box = svg.getBoundingClientRect();
    const [left, right] = svg.dataset.plot.split(" ").map(Number);
    const x = ((event.clientX - box.left) * svg.viewBox.baseVal.width) / box.width;
    return Math.min(right, Math.max(left, x));
  };
  const moment = (svg, x) => {
    const [left, right] = svg.dataset.plot.split(" ").map(Number);
    const [begin, end] = svg.dataset.time.split(" ").map(Number);
    return Math.round(begin + ((x - left) / (right - left)) * (end - begin));
  };
  document.addEventListener("pointerdown", (event) => {
    const svg = event.target.closest?.("#timeline svg[data-plot]");
    if (!svg || event.button !== 0 || event.pointerType === "touch") return;
    event.preventDefault();
    from = { svg, x: place(svg, event) };
    mark = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    mark.setAttribute("class", "chosen");
    mark.setAttribute("y", 0);
    mark.setAttribute("height", svg.viewBox.baseVal.height);
    svg.append(mark);
  });
  document.addEventListener("pointermove", (event) => {
    if (!from) return;
    const x = place(from.svg, event);
    mark.setAttribute("x", Math.min(x, from.x));
    mark.setAttribute("width", Math.abs(x - from.x));
  });
  const end = (event, keep) => {
    if (!from) return;
    const { svg, x } = from;
    const to = place(svg, event);
    mark.remove();
    from = mark = null;
    if (keep && Math.abs(to - x) > 8) {
      const [a, b] = [moment(svg, Math.min(x, to)), moment(svg, Math.max(x, to))];
      show({ act: "between", from: a, to: b });
    }
  };
  document.addEventListener("pointerup", (event) => end(event, true));
  document.addEventListener("pointercancel", (event) => end(event, false));
})();
