import type { SkippedField } from "@tessera/contracts/tessera/project/v1/exchange_pb.ts";
import { TextKind } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { jsonKind } from "@tessera/geometry/areas/json-kind.ts";
import { plainText, plainTextOf } from "@tessera/rpc/validation/text.ts";
import { documentInvalid } from "./refusals.ts";

/** Our longest texts, and how many tags a project has at most, as the contract says. */
export const LONGEST = { name: 200, short: 1_000, text: 20_000, imagery: 2_000, comment: 255, tag: 100 };
const TAGS_MAX = 20;

const SKIPPED = "tessera.project.v1.SkippedField";
/** The most parts reported as not imported. */
const SKIPPED_MAX = 200;
const FIELD_MAX_LENGTH = 100;

/** The fields of a JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

/** An object of the document, and which of its fields were read. */
interface ReadObject {
  field: string;
  fields: Fields;
  read: ReadonlySet<string>;
}

/** What is read of a document, with what could not be taken over. */
export class Reading {
  readonly #skipped: SkippedField[] = [];
  readonly #objects: ReadObject[] = [];
  #more = 0;

  /** What could not be taken over: the first of it, and in the end how much else there is. */
  get skipped(): SkippedField[] {
    const description = `${this.#more} more are not taken over`;
    const rest: SkippedField = { $typeName: SKIPPED, description };
    return this.#more === 0 ? this.#skipped : [...this.#skipped, rest];
  }

  skip(field: string, description: string): void {
    if (this.#skipped.length === SKIPPED_MAX) this.#more += 1;
    else this.#skipped.push({ $typeName: SKIPPED, field: field.slice(0, FIELD_MAX_LENGTH), description });
  }

  /** An object of the document; `skipUnread` reports its unread parts. Refuses DOCUMENT_INVALID. */
  object(field: string, value: unknown): Fields {
    const fields = objectOf(field, value);
    const read = new Set<string>();
    this.#objects.push({ field, fields, read });
    return new Proxy(fields, {
      get(target, name) {
        read.add(String(name));
        return target[String(name)];
      },
    });
  }

  /** Reports all unread parts of the objects, with the reasons known for some fields. */
  skipUnread(reasons: Readonly<Record<string, string>>, otherwise: string): void {
    for (const { field, fields, read } of this.#objects) {
      for (const [name, value] of Object.entries(fields)) {
        if (read.has(name) || !isSaid(value)) continue;
        const reason = field === "" && Object.hasOwn(reasons, name) ? reasons[name] : undefined;
        this.skip(field === "" ? name : `${field}.${name}`, reason ?? otherwise);
      }
    }
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
    if (typeof value !== "string") throw documentInvalid(field, `must be a text, not ${jsonKind(value)}`);
    const found = value.toWellFormed();
    const text = plainTextOf(kind, longest, found);
    if (plainText(kind, found) !== text) this.skip(field, `is cut to ${longest} characters`);
    return text;
  }

  /** The names of a list of tags, each once. */
  tags(field: string, value: unknown): string[] {
    const names = listOf(field, value).map((tag, index) => {
      const each = `${field}[${index}]`;
      const name = this.line(`${each}.name`, objectOf(each, tag).name, LONGEST.tag);
      if (name === "") this.skip(each, "has no name");
      return name;
    });
    const found = [...new Set(names.filter((name) => name !== ""))];
    if (found.length > TAGS_MAX) this.skip(field, `only the first ${TAGS_MAX} are kept`);
    return found.slice(0, TAGS_MAX);
  }

  /** Whether something is so; what is neither true nor false is taken for false. */
  flag(field: string, value: unknown): boolean {
    if (isSaid(value) && value !== true) this.skip(field, "is neither true nor false; false is taken for it");
    return value === true;
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

/** Whether a field says anything. */
export function isSaid(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === "") return false;
  return typeof value !== "object" || Object.keys(value).length > 0;
}

/** An object of the document. Refuses DOCUMENT_INVALID. */
export function objectOf(field: string, value: unknown): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw documentInvalid(field, `must be an object, not ${jsonKind(value)}`);
}

/** A list of the document, which may be absent. Refuses DOCUMENT_INVALID. */
export function listOf(field: string, value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw documentInvalid(field, `must be a list, not ${jsonKind(value)}`);
  return value;
}
