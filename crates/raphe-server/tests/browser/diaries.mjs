// The diaries that the pages are loaded with: a published case, and the daily life of somebody on sertraline.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "./server.mjs";

/** A published case: tramadol and fluoxetine, seen in hospital. It is an emergency, and over. */
export const published = () => readFile(join(ROOT, "examples/tramadol.raphe"), "utf8");

/** A day or a moment so many days before (negative) or after now, as diaries write it. */
export function day(offset, time = "") {
  const date = new Date();
  date.setUTCDate(date.getUTCDate() + offset);
  return `${date.toISOString().slice(0, 10)}${time && ` ${time}`}`;
}

/** Somebody of today: sertraline for ten weeks, one night of dextromethorphan, mood, sleep and light written down. */
export function living() {
  const lines = [
    "; Nobody: every line was made up for the tests. Times are UTC.",
    "profile  born 1984-06  sex female  weight 68 kg  country GB  zone UTC",
    "",
    `${day(-84)}  score    PHQ-9 2 2 2 2 2 2 2 2 0`,
    `${day(-77)}  score    PHQ-9 total 17`,
    `${day(-70)}  start    sertraline 50 mg daily`,
    `${day(-62)}  feel     nausea 4/10`,
  ];
  for (const [week, total] of [16, 15, 13, 12, 10, 9, 8, 7].entries()) lines.push(`${day(7 * week - 56)}  score    PHQ-9 total ${total}`);
  for (let back = 10; back > 0; back -= 1) {
    lines.push(`${day(-back, "06:50")}  sleep    ${6 + (back % 3)} h`);
    if (back % 2) lines.push(`${day(-back, "07:30")}  light    10000 lux 30 min`);
    else lines.push(`${day(-back, "17:00")}  exercise 30 min moderate`);
  }
  lines.push(
    `${day(-3, "20:00")}  feel     restlessness 3/10`,
    `${day(-2, "22:00")}  take     dextromethorphan 30 mg`,
    `${day(-2, "23:30")}  feel     restlessness 5/10, trouble sleeping 6/10`,
    `${day(-1, "09:00")}  feel     low mood 4/10`,
    "",
  );
  return lines.join("\n");
}
