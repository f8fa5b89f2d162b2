// Draws both futures anew while a slider moves: only the latest place is asked for, and all people once it rests.
"use strict";
(() => {
  const form = document.getElementById("sliders");
  if (!form || !window.raphe) return;
  document.documentElement.classList.add("js");
  const parts = ["whatif-alarm", "whatif-lines", "whatif-futures"];
  const REST = 350; // milliseconds without a move
  let asked = null, latest = null, busy = false, rest = 0;

  const put = (text) => {
    const page = new DOMParser().parseFromString(text, "text/html");
    for (const id of parts) {
      const fresh = page.getElementById(id), old = document.getElementById(id);
      // What is far too much leaves nothing else to look at.
      if (fresh && "withheld" in fresh.dataset) return location.reload();
      if (!fresh || !old || old.contains(document.activeElement)) continue;
      // The part itself stays, so that a screen reader goes on listening to it.
      old.replaceChildren(...document.adoptNode(fresh).childNodes);
    }
    document.dispatchEvent(new Event("raphe:renewed"));
  };
  const ask = async (fields, all) => {
    asked?.abort();
    const mine = (asked = new AbortController());
    const headers = { "x-raphe-csrf": window.raphe.csrf, "x-raphe-part": "1" };
    if (all) headers["x-raphe-all"] = "1";
    try {
      const answer = await fetch("/whatif/redraw", {
        method: "POST", credentials: "same-origin", body: new URLSearchParams(fields), headers, signal: mine.signal,
      });
      if (answer.status === 200) put(await answer.text());
      else if (answer.status !== 204 && answer.status !== 422) location.reload();
    } catch (error) {
      if (error.name !== "AbortError") form.querySelector(".by-hand").style.display = "inline-block";
    } finally {
      if (asked === mine) asked = null;
    }
  };
  // While it moves the next one is sent when the last is drawn, and always for the latest place.
  const drag = async () => {
    if (busy) return;
    busy = true;
    while (latest) {
      const now = latest;
      latest = null;
      await ask(now, false);
    }
    busy = false;
  };
  const fieldsOf = (slider) => {
    const fields = { from: form.elements.from.value };
    if (slider) fields[slider.name] = slider.value;
    return fields;
  };
  const moved = (slider) => {
    clearTimeout(rest);
    const fields = (latest = fieldsOf(slider));
    drag();
    rest = setTimeout(() => { latest = null; ask(fields, true); }, REST);
  };
  form.addEventListener("input", (event) => {
    const slider = event.target;
    if (slider.type === "range") {
      const said = slider.dataset.words.split("|")[slider.value];
      slider.setAttribute("aria-valuetext", said);
      document.getElementById(`${slider.id}-now`).textContent = said;
      moved(slider);
    } else if (slider.name === "from" && slider.value) {
      moved(null);
    }
  });
  form.addEventListener("submit", (event) => {
    // Enter in the day field draws, it does not leave the page.
    event.preventDefault();
    ask(fieldsOf(null), true);
  });
})();
