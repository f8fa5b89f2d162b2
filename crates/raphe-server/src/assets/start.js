// The time zone that this browser is in, where none was written yet.
"use strict";
(() => {
  const zone = document.getElementById("zone");
  if (zone && !zone.value) zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
})();
