import { type Content, html } from "../html/html.ts";
import type { FormData } from "../visits/form-data.ts";
import type { Visit } from "../visits/visit.ts";
import { bothVersions, takesMine } from "./both-versions.ts";
import { type Field, field } from "./field.ts";
import { type Command, form, isStale, refusalAt } from "./form.ts";

/** A field of a resource that is a text. `name` is the contract's path of it within the resource: "plain_text". */
export type TextField = Omit<Field, "value">;

/** The texts of a resource by their names in the contract; undefined for one that it does not have. */
export type Texts = Readonly<Record<string, string | undefined>>;

/** Fields for the texts of a resource, which the request has at `at`: "licence". */
export function textFields(
  visit: Visit,
  command: Command,
  { at, fields, now }: { at: string; fields: readonly TextField[]; now?: Texts },
): Content {
  return html`${fields.map((it) => field(visit, command, { ...it, name: `${at}.${it.name}`, value: now?.[it.name] }))}`;
}

/**
 * The form that changes the texts of a resource. Where it was refused because somebody else changed them meanwhile, both versions
 * stand beside each other.
 */
export function textForm(
  visit: Visit,
  command: Command,
  it: { at: string; fields: readonly TextField[]; now: Texts },
): Content {
  const sent = visit.refused?.form;
  if (sent === undefined || !isStale(refusalAt(visit, command)))
    return form(visit, command, textFields(visit, command, it));
  const versions = it.fields.map(({ name, label }) => ({
    field: `${it.at}.${name}`,
    label,
    mine: sent.text(`${it.at}.${name}`),
    theirs: it.now[name] ?? "",
  }));
  return bothVersions(visit, command, versions);
}

/** The names of the texts that a sent form changes: all but those for which the reader took what somebody else had saved. */
export function changedTexts(sent: FormData, at: string, fields: readonly TextField[]): string[] {
  return fields.map(({ name }) => name).filter((name) => takesMine(sent, `${at}.${name}`));
}
