import { inspect } from "node:util";

const REDACTED = "[redacted]";

/** A text that shows itself only to who calls `reveal()`: printed, logged or sent, it reads "[redacted]". */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}
