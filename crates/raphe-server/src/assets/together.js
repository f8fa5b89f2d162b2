// A cell leads to its pair: what is folded there is unfolded, also where the browser does not do so itself.
"use strict";
(() => {
  const open = () => {
    const there = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const folded = there?.closest("details");
    if (!folded) return;
    folded.open = true;
    there.focus({ preventScroll: true });
    there.scrollIntoView({ block: "start" });
  };
  addEventListener("hashchange", open);
  open();
})();
