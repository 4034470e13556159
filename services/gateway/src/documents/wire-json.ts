import { type DescField, type DescMessage, fromBinary, type Message, toBinary } from "@bufbuild/protobuf";
import { FeatureSet_FieldPresence } from "@bufbuild/protobuf/wkt";
import { bytesOf } from "@tessera/rpc/codec.ts";
import { fieldValue } from "../requests/field-value.ts";
import { isLeaf } from "../requests/read-message.ts";
import { isGeometry, messageOf } from "../routes/geometry-field.ts";
import { areaText } from "./area-text.ts";
import { leafOf, quoted, type ReadText, wellKnown } from "./leaf-text.ts";
import { headersIn, leftOutOf } from "./left-out.ts";
import { WIRE, WireReader } from "./wire-reader.ts";

/** Writes a message that begins here and ends at `end` as JSON text. */
export type WriteMessage = (reader: WireReader, end: number) => string;

/** What else than the contract says how a message is written. */
export interface Writing {
  /** The only fields that are written. */
  only?: ReadonlySet<string> | undefined;
  /** Fields that are not. */
  without?: readonly string[];
  /** How the messages in some fields are written. */
  within?: ReadonlyMap<DescField, WriteMessage>;
}

/** A message in binary, to be read. */
export function readerOf(desc: DescMessage, message: Message): WireReader {
  const bytes = bytesOf(message) ?? toBinary(desc, message);
  return new WireReader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
}

/** A text in a message; one that came in binary is not read whole for it. */
export function textIn(message: Message, field: DescField): string {
  const bytes = bytesOf(message);
  if (bytes === undefined) return (fieldValue(message, field) as string | undefined) ?? "";
  const [start, end] = placesIn(new WireReader(bytes), bytes.length, field).at(-1) ?? [0, 0];
  return bytes.toString("utf8", start, end);
}

/** Bytes in a message; as `textIn` reads them. */
export function bytesIn(message: Message, field: DescField): Buffer {
  const bytes = bytesOf(message);
  if (bytes === undefined) return Buffer.from((fieldValue(message, field) as Uint8Array | undefined) ?? []);
  const [start, end] = placesIn(new WireReader(bytes), bytes.length, field).at(-1) ?? [0, 0];
  return bytes.subarray(start, end);
}

/** Whether a message says that something is so; as `textIn` reads it. */
export function isSaidIn(message: Message, field: DescField): boolean {
  const bytes = bytesOf(message);
  if (bytes === undefined) return Boolean(fieldValue(message, field));
  const reader = new WireReader(bytes);
  let isSaid = false;
  while (reader.at < bytes.length) {
    const tag = reader.number();
    reader.skip(tag & 7);
    if (tag >>> 3 === field.number) isSaid = reader.low !== 0;
  }
  return isSaid;
}

const writers = new Map<DescMessage | DescField, WriteMessage>();

/**
 * Writes messages as JSON by the rules of protobuf, with the names of the contract, areas as GeoJSON, and fields without a
 * value shown; without the fields that they do not carry in `holder`. The text is written straight from the binary form: no
 * message is made.
 */
export function writerOf(desc: DescMessage, holder?: DescField): WriteMessage {
  const key = holder ?? desc;
  let writer = writers.get(key);
  if (writer === undefined) {
    // Messages may lie within messages of their own kind.
    writers.set(key, (reader, end) => (writer as WriteMessage)(reader, end));
    writer = compileWriter(desc, { without: holder ? leftOutOf(holder) : [] });
    writers.set(key, writer);
  }
  return writer;
}

/** As `writerOf`, for messages that are written in a way of their own. */
export function compileWriter(desc: DescMessage, writing: Writing): WriteMessage {
  const { fields, read } = compileReader(desc, writing);
  const names = fields.map(({ name }) => `,${JSON.stringify(name)}:`);
  return (reader, end) => {
    const values = read(reader, end);
    let text = "";
    for (let place = 0; place < names.length; place++) {
      if (values[place] !== undefined) text += (names[place] as string) + values[place];
    }
    return `{${text.slice(1)}}`;
  };
}

/** How the fields of a message are read: each as its JSON text, undefined where it is not shown. */
export interface Compiled {
  fields: readonly DescField[];
  read: (reader: WireReader, end: number) => (string | undefined)[];
}

export function compileReader(desc: DescMessage, writing: Writing): Compiled {
  const { only, without = [], within } = writing;
  const left = new Set([...without, ...headersIn(desc)]);
  const fields = desc.fields
    .filter(({ name }) => !left.has(name) && (only === undefined || only.has(name)))
    .toSorted((one, other) => one.number - other.number);
  const members = fields.map((field) => memberOf(field, within?.get(field)));
  const places = new Map(fields.map((field, place) => [field.number, place]));
  const read: Compiled["read"] = (reader, end) => {
    const start = reader.at;
    const found: (number[] | undefined)[] = new Array(members.length);
    let isTwice = false;
    while (reader.at < end) {
      const tag = reader.number();
      const place = places.get(tag >>> 3);
      if (place !== undefined) {
        const values = found[place];
        if (values === undefined) found[place] = [reader.at, tag & 7];
        else values.push(reader.at, tag & 7);
        isTwice ||= values !== undefined && (members[place] as Member).isSingle;
      }
      reader.skip(tag & 7);
    }
    if (isTwice || isAmbiguous(fields, found)) return merged(desc, reader, { start, end }, read);
    const texts = members.map(({ write, zero }, place) => {
      const values = found[place];
      return values === undefined ? zero : write(reader, values);
    });
    reader.at = end;
    return texts;
  };
  return { fields, read };
}

/** Where the messages in a field of a message begin and end, which goes from here to `end`. */
export function placesIn(
  reader: WireReader,
  end: number,
  { number }: DescField,
): [start: number, end: number][] {
  const places: [number, number][] = [];
  while (reader.at < end) {
    const tag = reader.number();
    if (tag >>> 3 !== number) {
      reader.skip(tag & 7);
      continue;
    }
    const length = reader.number();
    places.push([reader.at, reader.at + length]);
    reader.at += length;
  }
  return places;
}

/** Whether several members of one oneof are there: the last one stands. */
function isAmbiguous(fields: readonly DescField[], found: readonly (number[] | undefined)[]): boolean {
  let seen: DescField["oneof"];
  for (let place = 0; place < fields.length; place++) {
    const oneof = fields[place]?.oneof;
    if (oneof === undefined || found[place] === undefined) continue;
    if (oneof === seen) return true;
    seen = oneof;
  }
  return false;
}

/** Reads a message of which a part is there more than once, put together by the library. */
function merged(
  desc: DescMessage,
  reader: WireReader,
  { start, end }: { start: number; end: number },
  read: Compiled["read"],
): (string | undefined)[] {
  const bytes = toBinary(desc, fromBinary(desc, reader.bytes.subarray(start, end)));
  reader.at = end;
  return read(new WireReader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)), bytes.length);
}

/** A member of an object. `values` are the places of a field's values, each followed by its wire type. */
interface Member {
  write: (reader: WireReader, values: readonly number[]) => string;
  /** What is written where the field has no value; nothing, without it. */
  zero: string | undefined;
  /** Whether there may be one value only: a message of which there are several is put together. */
  isSingle: boolean;
}

function memberOf(field: DescField, within: WriteMessage | undefined): Member {
  if (field.fieldKind === "map") return { write: mapText(field), zero: "{}", isSingle: false };
  const { read, type, zero } = readingOf(field, within);
  if (field.fieldKind === "list") {
    const write: Member["write"] = (reader, values) => `[${listText(reader, values, read, type)}]`;
    return { write, zero: "[]", isSingle: false };
  }
  const write: Member["write"] = (reader, values) => {
    reader.at = values.at(-2) as number;
    return read(reader);
  };
  const isImplicit = field.presence === FeatureSet_FieldPresence.IMPLICIT;
  return { write, zero: isImplicit ? zero : undefined, isSingle: field.fieldKind === "message" };
}

function listText(reader: WireReader, values: readonly number[], read: ReadText, type: number): string {
  let text = "";
  for (let place = 0; place < values.length; place += 2) {
    reader.at = values[place] as number;
    const isPacked = values[place + 1] === WIRE.bytes && type !== WIRE.bytes;
    const end = isPacked ? reader.number() + reader.at : reader.at + 1;
    while (reader.at < end) {
      text += text === "" ? read(reader) : `,${read(reader)}`;
      if (!isPacked) break;
    }
  }
  return text;
}

/** How one value of a field is read. */
function readingOf(field: DescField, within?: WriteMessage): { read: ReadText; type: number; zero: string } {
  const desc = messageOf(field);
  if (desc === undefined) return leafOf(field);
  const write = within ?? messageWriter(desc, field);
  const read: ReadText = (reader) => {
    const length = reader.number();
    return write(reader, reader.at + length);
  };
  return { read, type: WIRE.bytes, zero: "" };
}

function messageWriter(desc: DescMessage, field: DescField): WriteMessage {
  if (isGeometry(field)) return areaText;
  return isLeaf(desc) ? wellKnown(desc) : writerOf(desc, field);
}

const KEY = 1;

function mapText(field: DescField & { fieldKind: "map" }): Member["write"] {
  const key = leafOf({ scalar: field.mapKey, enum: undefined });
  const value = readingOf(field);
  const empty = new WireReader(Buffer.alloc(1));
  const absent = messageOf(field) === undefined ? value.zero : undefined;
  return (reader, values) => {
    // As an object, which has keys that are whole numbers first.
    const entries: Record<string, string> = Object.create(null);
    for (let place = 0; place < values.length; place += 2) {
      reader.at = values[place] as number;
      const length = reader.number();
      const end = reader.at + length;
      let name = key.zero;
      let text = absent;
      while (reader.at < end) {
        const tag = reader.number();
        if (tag >>> 3 === KEY) name = key.read(reader);
        else text = value.read(reader);
      }
      if (text === undefined) {
        empty.at = 0;
        text = value.read(empty);
      }
      entries[name.startsWith('"') ? (JSON.parse(name) as string) : name] = text;
    }
    return `{${Object.entries(entries)
      .map(([name, text]) => `${quoted(name)}:${text}`)
      .join(",")}}`;
  };
}
