import type { DescEnum } from "@bufbuild/protobuf";
import { bothVersions } from "../forms/both-versions.ts";
import { field } from "../forms/field.ts";
import { type Command, form, isStale, refusalAt } from "../forms/form.ts";
import type { Content } from "../html/html.ts";
import type { Visit } from "../visits/visit.ts";
import { enumChoices, enumName } from "./choices.ts";

/** One value of an enum, which a form of its own sets. */
interface Choice {
  name: string;
  label: string;
  desc: DescEnum;
  words: Readonly<Record<number, string>>;
  now: number;
}

/** The form that sets one value. Where somebody else changed the same resource meanwhile, both versions stand in it. */
export function choiceForm(
  visit: Visit,
  command: Command,
  { name, label, desc, words, now }: Choice,
): Content {
  const options = enumChoices(desc, words);
  const value = enumName(desc, now);
  const sent = visit.refused?.form;
  if (sent === undefined || !isStale(refusalAt(visit, command)))
    return form(visit, command, field(visit, command, { name, label, value, options }));
  const wordOf = (it: string) => options.find(([option]) => option === it)?.[1] ?? "";
  return bothVersions(visit, command, [
    { field: name, label, mine: wordOf(sent.text(name)), theirs: wordOf(value) },
  ]);
}
