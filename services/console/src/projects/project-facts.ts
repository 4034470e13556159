import { type Project, ProjectPriority } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { countryName, percent } from "../html/formats.ts";
import { html } from "../html/html.ts";
import { icon } from "../html/icons.ts";
import { progressBar } from "../html/progress-bar.ts";
import type { Language } from "../texts/languages.ts";
import { SEARCH_TEXTS } from "./search-texts.ts";
import { WORDS, word } from "./words.ts";

/** The progress of a project as a picture, and in words. */
export function progressOf(language: Language, { progress }: Pick<Project, "progress">) {
  const t = SEARCH_TEXTS(language);
  if (progress === undefined || progress.taskCount === 0) return html`<p class="soft">${t.noTasks}</p>`;
  const { mappedPercent, validatedPercent } = progress;
  const label = `${t.mapped(percent(language, mappedPercent))}, ${t.validated(percent(language, validatedPercent))}`;
  return progressBar(label, mappedPercent, validatedPercent);
}

/** The names of a project's countries. */
export function countriesOf(language: Language, codes: readonly string[]): string {
  return codes.map((code) => countryName(language, code)).join(", ");
}

/** The words for what is mapped. */
export function mappingTypesOf(language: Language, types: readonly number[]): string {
  const words = WORDS(language).mappingType;
  return types.map((it) => word(words, it)).join(", ");
}

/** What stands out in a project, as short words beside its name. */
export function marksOf(language: Language, { priority, featured, favourite, status }: Project) {
  const [t, words] = [SEARCH_TEXTS(language), WORDS(language)];
  const marks = [
    status !== 2 && html`<li class="mark">${word(words.status, status)}</li>`,
    priority >= ProjectPriority.HIGH &&
      html`<li class="mark priority-${priority}">${icon("flag")} ${word(words.priority, priority)}</li>`,
    featured && html`<li class="mark">${t.featured}</li>`,
    favourite && html`<li class="mark">${icon("star")} ${t.favourite}</li>`,
  ].filter((it) => it !== false);
  return marks.length === 0 ? "" : html`<ul class="marks">${marks}</ul>`;
}
