import {
  type DescEnum,
  type DescField,
  type DescMessage,
  fromBinary,
  ScalarType,
  toJson,
} from "@bufbuild/protobuf";
import { WIRE, type WireReader } from "./wire-reader.ts";

/** Reads one value from the wire, and writes it as JSON text. */
export type ReadText = (reader: WireReader) => string;

/** How a kind of value is read, its wire type, and what stands for it where it is absent. */
export interface Leaf {
  read: ReadText;
  type: number;
  zero: string;
}

/** Printable ASCII of which JSON escapes nothing. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** Text between quotes. */
export function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}

const number = (value: number) => (Number.isFinite(value) ? JSON.stringify(value) : `"${value}"`);
const varint = (zero: string, text: ReadText): Leaf => ({
  type: WIRE.varint,
  zero,
  read: (reader) => {
    reader.varint();
    return text(reader);
  },
});
const fixed = (bytes: 4 | 8, zero: string, text: (view: DataView, at: number) => string): Leaf => ({
  type: bytes === 8 ? WIRE.fixed64 : WIRE.fixed32,
  zero,
  read: (reader) => {
    reader.at += bytes;
    return text(reader.view, reader.at - bytes);
  },
});
const chunk = (text: (bytes: Buffer, start: number, end: number) => string): Leaf => ({
  type: WIRE.bytes,
  zero: '""',
  read: (reader) => {
    const length = reader.number();
    reader.at += length;
    return text(reader.bytes, reader.at - length, reader.at);
  },
});
const zigzag = ({ low, high }: WireReader) => {
  const value = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
  return (value >> 1n) ^ -(value & 1n);
};

const SCALARS: Record<ScalarType, Leaf> = {
  [ScalarType.DOUBLE]: fixed(8, "0", (view, at) => number(view.getFloat64(at, true))),
  [ScalarType.FLOAT]: fixed(4, "0", (view, at) => number(view.getFloat32(at, true))),
  [ScalarType.INT64]: varint('"0"', (reader) => `"${reader.digits(true)}"`),
  [ScalarType.UINT64]: varint('"0"', (reader) => `"${reader.digits(false)}"`),
  [ScalarType.INT32]: varint("0", ({ low }) => String(low)),
  [ScalarType.UINT32]: varint("0", ({ low }) => String(low >>> 0)),
  [ScalarType.SINT32]: varint("0", ({ low }) => String((low >>> 1) ^ -(low & 1))),
  [ScalarType.SINT64]: varint('"0"', (reader) => `"${zigzag(reader)}"`),
  [ScalarType.BOOL]: varint("false", ({ low, high }) => (low === 0 && high === 0 ? "false" : "true")),
  [ScalarType.FIXED64]: fixed(8, '"0"', (view, at) => `"${view.getBigUint64(at, true)}"`),
  [ScalarType.SFIXED64]: fixed(8, '"0"', (view, at) => `"${view.getBigInt64(at, true)}"`),
  [ScalarType.FIXED32]: fixed(4, "0", (view, at) => String(view.getUint32(at, true))),
  [ScalarType.SFIXED32]: fixed(4, "0", (view, at) => String(view.getInt32(at, true))),
  [ScalarType.STRING]: chunk((bytes, start, end) => quoted(bytes.toString("utf8", start, end))),
  [ScalarType.BYTES]: chunk((bytes, start, end) => `"${bytes.toString("base64", start, end)}"`),
};

/** How values of a scalar or an enum are written. */
export function leafOf(field: Pick<DescField, "scalar" | "enum">): Leaf {
  return field.enum === undefined ? SCALARS[field.scalar as ScalarType] : enumLeaf(field.enum);
}

function enumLeaf({ value: values }: DescEnum): Leaf {
  const text = (value: number) => {
    const name = values[value]?.name;
    return name === undefined ? String(value) : `"${name}"`;
  };
  return varint(text(0), ({ low }) => text(low));
}

/** How a well-known message that is one value in JSON is written: from where it begins to where it ends. */
export function wellKnown(desc: DescMessage): (reader: WireReader, end: number) => string {
  if (desc.typeName === "google.protobuf.Timestamp") return timeText(desc);
  return (reader, end) => {
    const start = reader.at;
    reader.at = end;
    return JSON.stringify(toJson(desc, fromBinary(desc, reader.bytes.subarray(start, end))));
  };
}

const MS_NANOS = 1_000_000;
const SECOND_MS = 1_000;
const SECONDS = 1;
const NANOS = 2;

/** Times of whole milliseconds after 1970 are written here, and all others by the library. */
function timeText(desc: DescMessage): (reader: WireReader, end: number) => string {
  // Many rows have the same time.
  let last = { seconds: -1, nanos: -1, text: "" };
  return (reader, end) => {
    const start = reader.at;
    let seconds = 0;
    let nanos = 0;
    while (reader.at < end) {
      const tag = reader.number();
      if (tag === SECONDS << 3) {
        reader.varint();
        seconds = reader.high === 0 ? reader.low >>> 0 : -1;
      } else if (tag === NANOS << 3) nanos = reader.number();
      else reader.skip(tag & 7);
    }
    if (last.seconds === seconds && last.nanos === nanos) return last.text;
    if (seconds < 0 || nanos % MS_NANOS !== 0 || nanos >= SECOND_MS * MS_NANOS)
      return JSON.stringify(toJson(desc, fromBinary(desc, reader.bytes.subarray(start, end))));
    const text = new Date(seconds * SECOND_MS + nanos / MS_NANOS).toISOString();
    last = { seconds, nanos, text: `"${nanos === 0 ? text.replace(".000Z", "Z") : text}"` };
    return last.text;
  };
}
