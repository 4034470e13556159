import type { DescField } from "@bufbuild/protobuf";
import { commentOf } from "@tessera/contracts/comments.ts";
import type { Commented } from "@tessera/contracts/contract-comments.ts";
import { rulesOfField } from "./field-rules.ts";

/** A summary is one line in a list of operations. */
const SUMMARY_MAX = 120;

/** The first sentence of a comment, without its full stop. */
export function summaryOf(comment: string): string {
  const [paragraph = ""] = comment.split(/\n\s*\n/);
  const flat = paragraph.replaceAll(/\s*\n\s*/g, " ").trim();
  const sentence = /^.*?[.:](?=\s|$)/.exec(flat)?.[0] ?? flat;
  const text = sentence.replace(/[.:]$/, "");
  return text.length <= SUMMARY_MAX ? text : `${text.slice(0, SUMMARY_MAX - 1).replace(/\s+\S*$/, "")}…`;
}

/** A comment as paragraphs, which viewers break into lines themselves. Lists stay lists. */
export function proseOf(comment: string): string {
  return comment
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replaceAll(/\s*\n\s*(?!-\s)/g, " ").trim())
    .join("\n\n");
}

/** What the contract says of a part of it, as an object with a description; empty where it says nothing. */
export function describedBy(desc: Commented): { description?: string } {
  const description = proseOf(commentOf(desc));
  return description === "" ? {} : { description };
}

/** What a reader must know of a field: the comment, and the rules that no schema can state. */
export function describedField(field: DescField): { description?: string; deprecated?: true } {
  const rules = rulesOfField(field).cel.map(({ message }) => `Rule: ${message}.`);
  const description = [proseOf(commentOf(field)), ...rules].filter((it) => it !== "").join(" ");
  return {
    ...(description !== "" && { description }),
    ...(field.proto.options?.deprecated && { deprecated: true }),
  };
}
