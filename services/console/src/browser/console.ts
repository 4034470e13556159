// The script of every page. Pages work without it.
import { keepClocks } from "./lock-clock.ts";
import { startMaps } from "./maps.ts";
import { tidySentForms } from "./sent-forms.ts";
import { keepTimes, showTimes } from "./times.ts";

showTimes(document);
keepTimes();
keepClocks();
startMaps();
document.addEventListener("htmx:after:swap", () => {
  showTimes(document);
  startMaps();
});
tidySentForms();
