/** A part of a sentence: a text, a moment that pages show in the reader's time zone, or a link. */
export type AdvicePart =
  | string
  | { readonly time: string }
  | { readonly href: string; readonly name: string };
export type Advice = readonly AdvicePart[];

/** The values that came with a refusal, by the keys that the contract names. */
export type Metadata = Readonly<Record<string, string | undefined>>;

/** What can be done about a refusal: a sentence, or sentences that use its values. */
export type Said = string | ((metadata: Metadata) => Advice);

/** The words for a reason: its title in French, and what can be done about it, in English and in French. */
export type Words =
  | readonly [frenchTitle: string]
  | readonly [frenchTitle: string, english: Said, french: Said];

/** The words for the reasons of one contract, by their names. */
export type ReasonWords = Readonly<Record<string, Words>>;

/** A sentence with values in it; nothing if one of them did not come. */
export function say(texts: TemplateStringsArray, ...values: readonly (AdvicePart | undefined)[]): Advice {
  if (values.some((it) => it === undefined || it === "")) return [];
  return texts
    .flatMap((text, at) => [text, values[at] as AdvicePart | undefined])
    .filter((it): it is AdvicePart => it !== undefined && it !== "");
}

/** A moment of the metadata. */
export function time(text: string | undefined): AdvicePart | undefined {
  return text === undefined || Number.isNaN(Date.parse(text)) ? undefined : { time: text };
}

/** A link to the task that a resource name means: "projects/7/tasks/42". */
export function taskLink(noun: string, name: string | undefined): AdvicePart | undefined {
  const taskId = /^projects\/\d+\/tasks\/(\d+)$/.exec(name ?? "")?.[1];
  return taskId === undefined ? undefined : { href: `/v1/${name}`, name: `${noun} ${taskId}` };
}

/** A link to something that an id of the metadata means. */
export function link(collection: string, id: string | undefined, name: string): AdvicePart | undefined {
  return id !== undefined && /^\d+$/.test(id) ? { href: `/v1/${collection}/${id}`, name } : undefined;
}

/** A size in bytes, in a unit for people. */
export function megabytes(unit: string, bytes: string | undefined): string | undefined {
  if (bytes === undefined || !/^\d+$/.test(bytes)) return undefined;
  const size = Number(bytes) / (1024 * 1024);
  return `${size < 1 ? Math.round(size * 100) / 100 : Math.round(size)} ${unit}`;
}

/** A word for a value of an enum: the one of `words` that the end of its name means. */
export function wordFor(
  value: string | undefined,
  words: Readonly<Record<string, string>>,
): string | undefined {
  const key = Object.keys(words).find((it) => value === it || value?.endsWith(`_${it}`));
  return key === undefined ? undefined : words[key];
}
