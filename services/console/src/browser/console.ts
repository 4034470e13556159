// The script of every page. Pages work without it.
import { startMaps } from "./maps.ts";
import { keepTimes, showTimes } from "./times.ts";

showTimes(document);
keepTimes();
startMaps();
document.addEventListener("htmx:after:swap", () => {
  showTimes(document);
  startMaps();
});
