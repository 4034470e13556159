/** A file that a form carries. It is read once, while the form is worked on. */
export interface SentFile {
  name: string;
  mediaType: string;
  parts: AsyncIterable<Uint8Array>;
}

/** What was typed into a form. Fields are named as in the contract: "project.name". */
export class FormData {
  readonly #fields: ReadonlyMap<string, readonly string[]>;
  /** The file; undefined if the form has none. In a form it comes after all fields. */
  readonly file: SentFile | undefined;

  constructor(fields: ReadonlyMap<string, readonly string[]>, file?: SentFile) {
    this.#fields = fields;
    this.file = file;
  }

  /** A text as it was typed, less the white space around it; "" for none. */
  text(name: string): string {
    return (this.#fields.get(name)?.[0] ?? "").trim().replaceAll("\r\n", "\n");
  }

  /** A text; undefined for none, and for nothing but white space. */
  optional(name: string): string | undefined {
    return this.text(name) || undefined;
  }

  /** The names of the fields that were sent. */
  names(): readonly string[] {
    return [...this.#fields.keys()];
  }

  /** All values of fields of one name, such as check boxes. */
  all(name: string): readonly string[] {
    return this.#fields.get(name) ?? [];
  }

  /** Whether a check box is on. */
  isOn(name: string): boolean {
    return this.#fields.has(name);
  }

  /** A number; undefined for none. What is no number is NaN, which the contract's rules refuse. */
  number(name: string): number | undefined {
    const text = this.optional(name);
    return text === undefined ? undefined : Number(text);
  }

  /** A whole number that grows without bound, such as a revision; undefined for none and for what is none. */
  bigint(name: string): bigint | undefined {
    const text = this.optional(name);
    return text !== undefined && /^\d{1,18}$/.test(text) ? BigInt(text) : undefined;
  }

  /** The same form with another value of one field. */
  with(name: string, value: string): FormData {
    return new FormData(new Map([...this.#fields, [name, [value]]]), this.file);
  }

  /** Whether the field was sent at all. */
  has(name: string): boolean {
    return this.#fields.has(name);
  }
}

export const NO_FORM = new FormData(new Map());
