const HIGH_EXACT = 2 ** 21;
const TWO_32 = 2 ** 32;

/** The wire types of protobuf. */
export const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** Reads protobuf in place. What it reads is trusted to be of the length that it says. */
export class WireReader {
  readonly bytes: Buffer;
  readonly view: DataView;
  /** Where the next value begins. */
  at = 0;
  /** The halves of the last varint. */
  low = 0;
  high = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Reads a varint into `low` and `high`, which are signed. */
  varint(): void {
    const { bytes } = this;
    let byte = bytes[this.at++] as number;
    let low = byte & 0x7f;
    let high = 0;
    let shift = 7;
    for (; byte >= 0x80 && shift < 28; shift += 7) {
      byte = bytes[this.at++] as number;
      low |= (byte & 0x7f) << shift;
    }
    if (byte >= 0x80) {
      byte = bytes[this.at++] as number;
      low |= (byte & 0x7f) << 28;
      high = (byte & 0x7f) >> 4;
      for (shift = 3; byte >= 0x80 && shift < 32; shift += 7) {
        byte = bytes[this.at++] as number;
        high |= (byte & 0x7f) << shift;
      }
    }
    this.low = low;
    this.high = high;
  }

  /** Reads a varint of 32 bits without a sign: a tag, a length. */
  number(): number {
    this.varint();
    return this.low >>> 0;
  }

  /** The last varint as a whole number in decimal digits. */
  digits(isSigned: boolean): string {
    const { low, high } = this;
    if (high >= 0 && high < HIGH_EXACT) return String(high * TWO_32 + (low >>> 0));
    const value = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
    return String(isSigned ? BigInt.asIntN(64, value) : value);
  }

  /** Skips a value, and whatever is in it. */
  skip(type: number): void {
    if (type === WIRE.varint) this.varint();
    else if (type === WIRE.fixed64) this.at += 8;
    else if (type === WIRE.fixed32) this.at += 4;
    else {
      const length = this.number();
      this.at += length;
    }
  }
}
