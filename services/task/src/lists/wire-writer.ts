const FIRST_BYTES = 64 * 1024;
/** Longer numbers are not exact as JavaScript's own. */
const EXACT_DIGITS = 15;
const MINUS = 0x2d;
const DIGIT_ZERO = 0x30;
const VARINT_MAX_BYTES = 10;
const VARINT = 0;
const LENGTH_DELIMITED = 2;

/**
 * Writes protobuf straight from the text in which PostgreSQL sends values: a list of a thousand tasks is written without an
 * object for each task, lock and time.
 */
export class WireWriter {
  #bytes = Buffer.allocUnsafe(FIRST_BYTES);
  #at = 0;

  /** How many bytes there are. */
  get length(): number {
    return this.#at;
  }

  /** Begins a message in a field; `end` ends it. */
  begin(field: number): number {
    this.#tag(field, LENGTH_DELIMITED);
    this.#at += 1;
    return this.#at;
  }

  /** Ends the message that began at `start`. Its length stands before it. */
  end(start: number): void {
    const length = this.#at - start;
    if (length < 0x80) {
      this.#bytes[start - 1] = length;
      return;
    }
    const more = bytesOfVarint(length) - 1;
    this.#reserve(more);
    this.#bytes.copyWithin(start + more, start, this.#at);
    this.#at = start - 1;
    this.#varint(length);
    this.#at += length;
  }

  /** Writes a whole number of an integer, enum or bool field. */
  number(field: number, value: number): void {
    this.#tag(field, VARINT);
    this.#varint(value);
  }

  /** Writes a whole number that is given in decimal digits, with `more` added. */
  digits(field: number, text: Buffer, more = 0): void {
    this.#tag(field, VARINT);
    if (text.length <= EXACT_DIGITS && text[0] !== MINUS) {
      this.#varint(wholeNumber(text) + more);
      return;
    }
    let rest = BigInt.asUintN(64, BigInt(text.toString("latin1")) + BigInt(more));
    for (; rest > 0x7fn; rest >>= 7n) this.#bytes[this.#at++] = Number(rest & 0x7fn) | 0x80;
    this.#bytes[this.#at++] = Number(rest);
  }

  text(field: number, value: string): void {
    const length = Buffer.byteLength(value);
    this.#tag(field, LENGTH_DELIMITED);
    this.#varint(length);
    this.#reserve(length);
    this.#at += this.#bytes.write(value, this.#at);
  }

  /** Writes a message that is given in PostgreSQL's text of its bytes: `\x0a50…`. */
  hex(field: number, text: Buffer): void {
    const length = (text.length - 2) / 2;
    this.#tag(field, LENGTH_DELIMITED);
    this.#varint(length);
    this.#reserve(length);
    this.#at += this.#bytes.write(text.toString("latin1", 2), this.#at, "hex");
  }

  /** All that was written; the writer is empty then. */
  take(): Buffer {
    const taken = Buffer.from(this.#bytes.subarray(0, this.#at));
    this.#at = 0;
    return taken;
  }

  #tag(field: number, type: number): void {
    this.#reserve(3 * VARINT_MAX_BYTES);
    this.#varint(field * 8 + type);
  }

  /** What follows a tag has room: `#tag` reserves it. */
  #varint(value: number): void {
    let rest = value;
    for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) this.#bytes[this.#at++] = (rest % 0x80) | 0x80;
    this.#bytes[this.#at++] = rest;
  }

  #reserve(more: number): void {
    if (this.#at + more <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.#at + more));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }
}

/** A whole number of few digits. */
export function wholeNumber(text: Buffer): number {
  let value = 0;
  for (let at = 0; at < text.length; at++) value = value * 10 + (text[at] as number) - DIGIT_ZERO;
  return value;
}

function bytesOfVarint(value: number): number {
  let count = 1;
  for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 0x80)) count += 1;
  return count;
}
