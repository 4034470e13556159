// Counts locks down by the second, and says politely when little time is left.
const TICK_MS = 1_000;
/** The minutes before its end at which a clock speaks; it may wake this late and still does. */
const SPEAKS_AT = [10, 5, 1];
const LATE_MAX_SECONDS = 30;

/** How far the clock of this machine is from the server's, by the moment at which each page was made. */
const offsets = new WeakMap<Element, { made: string; offsetMs: number }>();
/** What each clock has said: the end of its lock, and the minutes. */
const said = new WeakMap<Element, string>();

/** Starts to keep the clocks of pages, for as long as the browser's document lasts. */
export function keepClocks(): void {
  tick();
  setInterval(tick, TICK_MS);
  document.addEventListener("htmx:after:swap", tick);
}

function tick(): void {
  for (const clock of document.querySelectorAll<HTMLTimeElement>("time[data-lock-clock]")) show(clock);
}

function show(clock: HTMLTimeElement): void {
  const seconds = Math.max(0, Math.round((Date.parse(clock.dateTime) - serverNow(clock)) / 1_000));
  clock.textContent = seconds === 0 ? (clock.dataset.over ?? "") : written(seconds);
  const box = clock.parentElement;
  box?.classList.toggle("soon", seconds <= 600);
  const minutes = SPEAKS_AT.find((it) => seconds <= it * 60 && seconds > it * 60 - LATE_MAX_SECONDS);
  const text = seconds === 0 ? clock.dataset.over : clock.getAttribute(`data-says-${minutes}`);
  const spoken = `${clock.dateTime} ${seconds === 0 ? 0 : minutes}`;
  if (text == null || said.get(clock) === spoken) return;
  said.set(clock, spoken);
  const voice = box?.querySelector("[data-clock-says]");
  if (voice != null) voice.textContent = text;
}

function serverNow(clock: HTMLTimeElement): number {
  const made = clock.dataset.now ?? "";
  let known = offsets.get(clock);
  if (known?.made !== made) {
    known = { made, offsetMs: Date.parse(made) - Date.now() };
    offsets.set(clock, known);
  }
  return Date.now() + known.offsetMs;
}

/** Digits by the page's language: "1:59:07". */
function written(seconds: number): string {
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  const digits = new Intl.NumberFormat(document.documentElement.lang, { minimumIntegerDigits: 2 });
  const plain = new Intl.NumberFormat(document.documentElement.lang, { useGrouping: false });
  const [first = 0, ...rest] = parts[0] === 0 ? parts.slice(1) : parts;
  return [plain.format(first), ...rest.map((it) => digits.format(it))].join(":");
}
