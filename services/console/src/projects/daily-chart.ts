import type { DailyContribution } from "@tessera/contracts/tessera/task/v1/contribution_pb.ts";
import { dayOf, number } from "../html/formats.ts";
import { html } from "../html/html.ts";
import type { Language } from "../texts/languages.ts";
import { CONTRIBUTORS_TEXTS } from "./contributors-texts.ts";

/** The most days that a chart has: the last ones. */
const DAYS_MAX = 60;
const DAY_MS = 86_400_000;
const [WIDTH, HEIGHT, FOOT] = [720, 180, 24];
/** The part of a day's width that its bar takes. */
const BAR_PART = 0.8;
const BAR_MAX = 48;

/** What was handed in on one day, in the order in which a bar piles it up. */
export interface ChartDay {
  date: string;
  mapped: number;
  badImagery: number;
  validated: number;
  invalidated: number;
  people: number;
}

const OUTCOMES = ["mapped", "badImagery", "validated", "invalidated"] as const;

/** The days of a chart without gaps: from the first contribution to the last, and the last 60 of them. */
export function chartDays(contributions: readonly DailyContribution[]): ChartDay[] {
  const last = contributions.at(-1);
  const first = contributions[0];
  if (first === undefined || last === undefined) return [];
  const of = new Map(contributions.map((it) => [it.date, it]));
  const end = Date.parse(last.date);
  const begin = Math.max(Date.parse(first.date), end - (DAYS_MAX - 1) * DAY_MS);
  const count = Math.round((end - begin) / DAY_MS) + 1;
  return Array.from({ length: count }, (_, index) => {
    const date = new Date(begin + index * DAY_MS).toISOString().slice(0, 10);
    const it = of.get(date);
    return {
      date,
      mapped: it?.mappedCount ?? 0,
      badImagery: it?.badImageryCount ?? 0,
      validated: it?.validatedCount ?? 0,
      invalidated: it?.invalidatedCount ?? 0,
      people: it?.userCount ?? 0,
    };
  });
}

/** All that was handed in on a day. */
export function totalOf(day: ChartDay): number {
  return OUTCOMES.reduce((sum, outcome) => sum + day[outcome], 0);
}

/** Contributions by day as a chart, and as a table of the same numbers. Nothing if there are none. */
export function dailyChart(language: Language, contributions: readonly DailyContribution[]) {
  const t = CONTRIBUTORS_TEXTS(language);
  const days = chartDays(contributions);
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return "";
  const most = Math.max(...days.map(totalOf));
  const count = (value: number) => number(language, value);
  const total = days.reduce((sum, it) => sum + totalOf(it), 0);
  const step = WIDTH / days.length;
  const width = Math.min(BAR_MAX, step * BAR_PART);
  const bars = days.map((day, index) => {
    const x = (index * step + (step - width) / 2).toFixed(1);
    let top = HEIGHT;
    const parts = OUTCOMES.map((outcome) => {
      const height = (day[outcome] / most) * (HEIGHT - FOOT);
      top -= height;
      return (
        day[outcome] > 0 &&
        html`<rect class="${outcome}" x="${x}" y="${top.toFixed(1)}" width="${width.toFixed(1)}" height="${height.toFixed(1)}"/>`
      );
    });
    return html`<g><title>${t.bar(dayOf(language, day.date), count(totalOf(day)))}</title>${parts}</g>`;
  });
  const label = t.summary(total, days.filter((it) => totalOf(it) > 0).length, count(most));
  const keys = OUTCOMES.map(
    (outcome) =>
      html`<li><svg class="key" viewBox="0 0 12 12" aria-hidden="true" focusable="false"><rect class="${outcome}" width="12" height="12"/></svg> ${t.outcome[outcome]}</li>`,
  );
  return html`<figure class="days"><figcaption>${t.byDayFrom(dayOf(language, first.date), dayOf(language, last.date))}. ${label}.</figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}"><line class="axis" x1="0" x2="${WIDTH}" y1="${HEIGHT}" y2="${HEIGHT}"/><text x="2" y="14">${count(most)}</text>${bars}</svg>
<ul class="keys">${keys}</ul>${numbers(language, days)}</figure>`;
}

function numbers(language: Language, days: readonly ChartDay[]) {
  const t = CONTRIBUTORS_TEXTS(language);
  const rows = days
    .filter((it) => totalOf(it) > 0)
    .toReversed()
    .map(
      (it) =>
        html`<tr><th scope="row">${dayOf(language, it.date)}</th>${OUTCOMES.map((outcome) => html`<td class="number">${number(language, it[outcome])}</td>`)}<td class="number">${number(language, it.people)}</td></tr>`,
    );
  return html`<details><summary>${t.numbers}</summary><div class="table" tabindex="0" role="region" aria-label="${t.byDay}"><table><caption>${t.byDay}</caption>
<thead><tr><th scope="col">${t.day}</th>${OUTCOMES.map((outcome) => html`<th scope="col" class="number">${t.outcome[outcome]}</th>`)}<th scope="col" class="number">${t.people}</th></tr></thead><tbody>${rows}</tbody></table></div></details>`;
}
