// The script of every page. Pages work without it.
import { keepTyped, restoreTyped } from "./keep-typed.ts";
import { keepClocks } from "./lock-clock.ts";
import { startMaps } from "./maps.ts";
import { keepFocus } from "./move-focus.ts";
import { keepTimes, showTimes } from "./times.ts";

showTimes(document);
keepTimes();
keepClocks();
startMaps();
keepTyped();
restoreTyped(document);
document.addEventListener("htmx:after:swap", () => {
  showTimes(document);
  startMaps();
  restoreTyped(document);
});
keepFocus();
