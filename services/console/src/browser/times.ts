/** How often distances in time are written again. */
const TICK_MS = 10_000;
const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

/** Shows moments in the reader's own time zone, and keeps distances in time true. */
export function showTimes(root: ParentNode): void {
  const language = document.documentElement.lang;
  const moments = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  for (const element of root.querySelectorAll<HTMLTimeElement>("time[data-moment]"))
    element.textContent = moments.format(new Date(element.dateTime));
  tick(root);
}

/** Starts to keep distances in time true, for as long as the page lasts. */
export function keepTimes(): void {
  setInterval(() => tick(document), TICK_MS);
}

function tick(root: ParentNode): void {
  const language = document.documentElement.lang;
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  for (const element of root.querySelectorAll<HTMLTimeElement>("time[data-ago]")) {
    const seconds = (new Date(element.dateTime).getTime() - Date.now()) / 1_000;
    const [unit, size] = UNITS.find(([, from]) => Math.abs(seconds) >= from) ?? (["second", 1] as const);
    element.textContent = format.format(Math.round(seconds / size), unit);
  }
}
