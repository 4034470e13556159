import type { SkippedField } from "@tessera/contracts/tessera/project/v1/exchange_pb.ts";
import { TextKind } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { plainText, plainTextOf } from "@tessera/rpc/validation/text.ts";
import { documentInvalid } from "./refusals.ts";

/** Our longest texts, and how many tags a project has at most, as the contract says. */
export const LONGEST = { name: 200, short: 1_000, text: 20_000, imagery: 2_000, comment: 255, tag: 100 };
const TAGS_MAX = 20;

/** The fields of a JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

/** What is read of a document, with what could not be taken over. */
export class Reading {
  readonly skipped: SkippedField[] = [];

  skip(field: string, description: string): void {
    this.skipped.push({ $typeName: "tessera.project.v1.SkippedField", field, description });
  }

  /** A text of one line. */
  line(field: string, value: unknown, longest: number): string {
    return this.read(TextKind.LINE, field, value, longest);
  }

  /** A text of paragraphs. */
  text(field: string, value: unknown, longest: number): string {
    return this.read(TextKind.PARAGRAPHS, field, value, longest);
  }

  private read(kind: TextKind, field: string, value: unknown, longest: number): string {
    if (value === undefined || value === null) return "";
    if (typeof value !== "string") throw documentInvalid(field, "must be a text");
    const found = value.toWellFormed();
    const text = plainTextOf(kind, longest, found);
    if (plainText(kind, found) !== text) this.skip(field, `is cut to ${longest} characters`);
    return text;
  }

  /** The names of a list of tags, each once. */
  tags(field: string, value: unknown): string[] {
    const names = listOf(field, value).map((tag, index) =>
      this.line(`${field}[${index}].name`, objectOf(`${field}[${index}]`, tag).name, LONGEST.tag),
    );
    const found = [...new Set(names.filter((name) => name !== ""))];
    if (found.length > TAGS_MAX) this.skip(field, `only the first ${TAGS_MAX} are kept`);
    return found.slice(0, TAGS_MAX);
  }

  /** The value that a word stands for; undefined for none, and for one that is not known here. */
  word<T>(field: string, value: unknown, words: Readonly<Record<string, T>>): T | undefined {
    if (value === undefined || value === null) return undefined;
    const word = String(value).toUpperCase();
    if (word !== "UNSPECIFIED" && Object.hasOwn(words, word)) return words[word];
    this.skip(field, "is not known here");
    return undefined;
  }
}

/** An object of the document. Refuses DOCUMENT_INVALID. */
export function objectOf(field: string, value: unknown): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw documentInvalid(field, "must be an object");
}

/** A list of the document, which may be absent. Refuses DOCUMENT_INVALID. */
export function listOf(field: string, value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw documentInvalid(field, "must be a list");
  return value;
}
