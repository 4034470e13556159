import type { ProjectText } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { field } from "../../forms/field.ts";
import type { Command } from "../../forms/form.ts";
import { type Content, html } from "../../html/html.ts";
import type { Visit } from "../../visits/visit.ts";
import { nameOf, type Setting } from "./setting.ts";
import { SETTING_TEXTS } from "./setting-texts.ts";

/** As the contract takes them. */
const LANGUAGES_MAX = 50;
const PARTS = [
  ["name", "name", 200, undefined],
  ["short_description", "shortDescription", 1_000, 2],
  ["description", "description", 20_000, 4],
  ["instructions", "instructions", 20_000, 6],
  ["task_instructions", "taskInstructions", 20_000, 4],
] as const;

/** The texts in other languages: a part for each, and an empty one to add. */
export const TRANSLATIONS: Setting = {
  field: "translations",
  show({ visit, project }, command) {
    const t = SETTING_TEXTS(visit.language);
    const sent = visit.refused?.form;
    let count = project.translations.length;
    while (count < LANGUAGES_MAX && sent?.has(`${nameOf("translations")}[${count}].language`)) count += 1;
    const there = Array.from({ length: count }, (_, at) => one(visit, command, at, project.translations[at]));
    return html`<p class="help">${t.translationsHelp}</p>${there}${count < LANGUAGES_MAX ? one(visit, command, count, undefined) : ""}`;
  },
  read(form) {
    const translations = [];
    for (let at = 0; at < LANGUAGES_MAX && form.has(`${nameOf("translations")}[${at}].language`); at += 1) {
      const row = `${nameOf("translations")}[${at}]`;
      const language = form.text(`${row}.language`);
      if (language === "") continue;
      const texts = PARTS.flatMap(([part, key]) => {
        const text = form.optional(`${row}.${part}`);
        return text === undefined ? [] : [[key, text]];
      });
      translations.push({ language, ...Object.fromEntries(texts) });
    }
    return { translations };
  },
  words: (_, { translations }) =>
    translations
      .map((it) => [it.language, ...PARTS.map(([, key]) => it[key] ?? "").filter(Boolean)].join("\n"))
      .join("\n\n"),
};

function one(visit: Visit, command: Command, at: number, text: ProjectText | undefined): Content {
  const t = SETTING_TEXTS(visit.language);
  const row = `${nameOf("translations")}[${at}]`;
  const lang = text === undefined ? {} : { lang: text.language };
  const parts = PARTS.map(([part, key, maxLength, rows]) =>
    field(visit, command, {
      name: `${row}.${part}`,
      label: t.labels[part],
      value: text?.[key] ?? "",
      maxLength,
      ...lang,
      ...(rows !== undefined && { rows }),
    }),
  );
  const language = field(visit, command, {
    name: `${row}.language`,
    label: t.language,
    help: t.languageHelp,
    value: text?.language ?? "",
    maxLength: 35,
  });
  return html`<details class="choice"><summary dir="auto">${text === undefined ? t.addLanguage : `${text.language}: ${text.name}`}</summary>${language}${parts}</details>`;
}
