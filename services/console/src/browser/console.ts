// The script of every page. Pages work without it.
import { keepTimes, showTimes } from "./times.ts";

showTimes(document);
keepTimes();
document.addEventListener("htmx:after:swap", () => showTimes(document));
