import type { DescField, DescMessage, MessageShape } from "@bufbuild/protobuf";
import type { FieldViolation } from "@tessera/rpc/refusal.ts";
import { enumWord } from "./enum-word.ts";

/**
 * The fields of a document that `paths` name, in the words of the contract; one that is unset has its default. What the paths
 * name beside the keys of `defaults` is a fault.
 */
export function namedSettings<D extends DescMessage, S extends object>(
  desc: D,
  document: MessageShape<D>,
  paths: readonly string[],
  defaults: S,
): { settings: Partial<S>; faults: FieldViolation[] } {
  const named = paths.map((path) => ({ path, field: desc.fields.find((it) => it.name === path) }));
  const settable = ({ field }: (typeof named)[number]) => field !== undefined && field.localName in defaults;
  const entries = named.filter(settable).map(({ field }) => {
    const name = field?.localName as keyof S & keyof MessageShape<D>;
    return [name, document[name] || defaults[name as keyof S]];
  });
  const faults = named
    .filter((it) => !settable(it))
    .map(({ path }) => ({
      field: "update_mask",
      description: `${path.slice(0, 100)} is not a field that can be changed`,
      rule: "field_mask.in",
    }));
  return { settings: Object.fromEntries(entries) as Partial<S>, faults };
}

/** All that a caller may set of a new document. What only the service sets is a fault. */
export function newSettings<D extends DescMessage, S extends object>(
  desc: D,
  document: MessageShape<D>,
  under: string,
  defaults: S,
): { settings: S; faults: FieldViolation[] } {
  const faults = desc.fields
    .filter(({ localName }) => !(localName in defaults))
    .filter(({ localName }) => isSet(document[localName as keyof MessageShape<D>]))
    .map(({ name }) => ({
      field: `${under}.${name}`,
      description: "is set by the service",
      rule: "output_only",
    }));
  const paths = desc.fields.filter(({ localName }) => localName in defaults).map(({ name }) => name);
  const { settings } = namedSettings(desc, document, paths, defaults);
  return { settings: settings as S, faults };
}

/** An event leaves out texts longer than this. */
const EVENT_TEXT_MAX = 200;

/** The changed fields for an event: by name, as text. */
export function changedFields(desc: DescMessage, patch: object): Record<string, string> {
  const values = patch as Record<string, unknown>;
  return Object.fromEntries(
    desc.fields
      .filter(({ localName }) => values[localName] !== undefined)
      .map((field) => [field.name, textOf(field, values[field.localName])] as const)
      .map(([name, text]) => [name, text.length > EVENT_TEXT_MAX ? "" : text]),
  );
}

function textOf(field: DescField, value: unknown): string {
  const { enum: desc } = field;
  const words = [value].flat().map((it) => (desc === undefined ? String(it) : enumWord(desc, Number(it))));
  return words.join(" ");
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== 0 && value !== 0n;
}
