import type { DescEnum } from "@bufbuild/protobuf";
import { durationMs, timestampDate, timestampFromMs } from "@bufbuild/protobuf/wkt";
import { checkBox, field } from "../../forms/field.ts";
import { fieldRefusal } from "../../forms/field-refusal.ts";
import { html } from "../../html/html.ts";
import { enumName, enumValue } from "../../visits/enum-value.ts";
import { helpOf, labelOf, nameOf, type ProjectChange, type Setting } from "./setting.ts";
import { SETTING_TEXTS } from "./setting-texts.ts";

type Words = Readonly<Record<string, string>>;
type TextField =
  | "name"
  | "shortDescription"
  | "description"
  | "instructions"
  | "taskInstructions"
  | "defaultLanguage"
  | "imagery"
  | "changesetComment";
type ListField = "hashtags" | "campaigns" | "interests";
type ChoiceField =
  | "priority"
  | "difficulty"
  | "mappingPermission"
  | "mappingLevel"
  | "validationPermission"
  | "validationLevel";

const MINUTE_MS = 60_000;

const change = (key: string, value: unknown) => ({ [key]: value }) as ProjectChange;

/** A text of one line or of several. */
export function textSetting(it: Setting["field"], key: TextField, maxLength: number, rows?: number): Setting {
  return {
    field: it,
    show({ visit, project }, command) {
      const { language } = visit;
      return field(visit, command, {
        name: nameOf(it),
        label: labelOf(language, it),
        value: project[key] ?? "",
        maxLength,
        ...(helpOf(language, it) !== undefined && { help: helpOf(language, it) as string }),
        ...(rows !== undefined && { rows }),
        required: key === "name",
      });
    },
    read: (form) => change(key, form.text(nameOf(it))),
    words: (_, project) => project[key] ?? "",
  };
}

/** Several short texts, one a line. */
export function linesSetting(it: Setting["field"], key: ListField, rows: number): Setting {
  return {
    field: it,
    show({ visit, project }, command) {
      const help = helpOf(visit.language, it) ?? "";
      return field(visit, command, {
        name: nameOf(it),
        label: labelOf(visit.language, it),
        value: project[key].join("\n"),
        rows,
        help,
      });
    },
    read: (form) =>
      change(key, [
        ...new Set(
          form
            .text(nameOf(it))
            .split("\n")
            .map((line) => line.trim())
            .filter((line) => line !== ""),
        ),
      ]),
    words: (_, project) => project[key].join("\n"),
  };
}

/** One value of an enum of the contract. */
export function choiceSetting(it: Setting["field"], key: ChoiceField, desc: DescEnum): Setting {
  const wordsOf = (language: Parameters<typeof SETTING_TEXTS>[0]) => SETTING_TEXTS(language).values as Words;
  const word = (language: Parameters<typeof SETTING_TEXTS>[0], name: string) =>
    wordsOf(language)[name] ?? name;
  return {
    field: it,
    show({ visit, project }, command) {
      const { language } = visit;
      const options = desc.values
        .filter(({ number }) => number > 0)
        .map(({ name }) => [name, word(language, name)] as const);
      const value = desc.values.find(({ number }) => number === project[key])?.name ?? "";
      return field(visit, command, {
        name: nameOf(it),
        label: labelOf(language, it),
        options,
        value,
        help: helpOf(language, it) ?? "",
      });
    },
    read: (form) => change(key, enumValue(desc, form.text(nameOf(it)))),
    words: ({ visit }, project) =>
      word(visit.language, desc.values.find(({ number }) => number === project[key])?.name ?? ""),
  };
}

/** Several values of an enum: check boxes. */
export function mappingTypesSetting(desc: DescEnum): Setting {
  const it = "mapping_types";
  const texts = (language: Parameters<typeof SETTING_TEXTS>[0]) =>
    SETTING_TEXTS(language).mappingTypes as Words;
  return {
    field: it,
    show({ visit, project }, command) {
      const { language } = visit;
      const boxes = desc.values
        .filter(({ number }) => number > 0)
        .map(({ name, number, localName }) =>
          checkBox(visit, command, {
            name: nameOf(it),
            value: name,
            label: texts(language)[localName] ?? name,
            isOn: project.mappingTypes.some((type) => type === number),
          }),
        );
      return html`<fieldset><legend>${labelOf(language, it)}</legend>${boxes}</fieldset>`;
    },
    read: (form) => ({ mappingTypes: form.all(nameOf(it)).map((name) => enumValue(desc, name)) }),
    words: ({ visit }, project) =>
      project.mappingTypes.map((type) => texts(visit.language)[enumName(desc, type)] ?? "").join(", "),
  };
}

/** Yes or no. */
export function flagSetting(it: Setting["field"], key: "private" | "featured" | "claimOnly"): Setting {
  return {
    field: it,
    show: ({ visit, project }, command) =>
      checkBox(visit, command, {
        name: nameOf(it),
        label: labelOf(visit.language, it),
        help: helpOf(visit.language, it) ?? "",
        isOn: project[key],
      }),
    read: (form) => change(key, form.isOn(nameOf(it))),
    words: ({ visit }, project) => SETTING_TEXTS(visit.language)[project[key] ? "yes" : "no"],
  };
}

/** How long a lock lasts, in minutes. */
export const LOCK_DURATION: Setting = {
  field: "lock_duration",
  show({ visit, project }, command) {
    const value = project.lockDuration === undefined ? "" : durationMs(project.lockDuration) / MINUTE_MS;
    const [label, help] = [
      labelOf(visit.language, "lock_duration"),
      helpOf(visit.language, "lock_duration") ?? "",
    ];
    return field(visit, command, {
      name: nameOf("lock_duration"),
      label,
      help,
      type: "number",
      min: 5,
      max: 10_080,
      step: 1,
      value,
    });
  },
  read(form, { language }) {
    const minutes = form.number(nameOf("lock_duration"));
    if (minutes === undefined) return {};
    if (!Number.isFinite(minutes) || Math.abs(minutes) > 1e6)
      throw fieldRefusal(nameOf("lock_duration"), SETTING_TEXTS(language).noMinutes);
    return { lockDuration: { seconds: BigInt(Math.round(minutes * 60)), nanos: 0 } };
  },
  words: (_, { lockDuration }) =>
    lockDuration === undefined ? "" : `${durationMs(lockDuration) / MINUTE_MS}`,
};

/** When the work is due, in UTC. */
export const DUE_TIME: Setting = {
  field: "due_time",
  show({ visit, project }, command) {
    const [label, help] = [labelOf(visit.language, "due_time"), helpOf(visit.language, "due_time") ?? ""];
    return field(visit, command, {
      name: nameOf("due_time"),
      label,
      help,
      type: "datetime-local",
      value: dueText(project.dueTime),
    });
  },
  read(form, { language }) {
    const text = form.optional(nameOf("due_time"));
    if (text === undefined) return {};
    const ms = Date.parse(`${text}Z`);
    if (Number.isNaN(ms)) throw fieldRefusal(nameOf("due_time"), SETTING_TEXTS(language).noTime);
    return { dueTime: timestampFromMs(ms) };
  },
  words: (_, { dueTime }) => dueText(dueTime).replace("T", " "),
};

function dueText(time: Parameters<typeof timestampDate>[0] | undefined): string {
  return time === undefined ? "" : timestampDate(time).toISOString().slice(0, 16);
}
