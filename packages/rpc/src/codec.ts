import {
  type DescMessage,
  type DescMethod,
  fromBinary,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";

/** The path of an RPC on the wire: "/tessera.task.v1.LockService/LockTask". */
export function pathOf(method: DescMethod): string {
  return `/${method.parent.typeName}/${method.name}`;
}

/** Writes a message, without copying it into another buffer. */
export function encode<Desc extends DescMessage>(desc: Desc, message: MessageShape<Desc>): Buffer {
  const bytes = toBinary(desc, message);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Before each message: whether it is compressed (one byte), and its length (four). */
export const PREFIX_BYTES = 5;

/** Writes a message with its prefix, as it travels. */
export function frame<Desc extends DescMessage>(desc: Desc, message: MessageShape<Desc>): Buffer {
  const bytes = toBinary(desc, message);
  const framed = Buffer.allocUnsafe(PREFIX_BYTES + bytes.length);
  framed[0] = 0;
  framed.writeUInt32BE(bytes.length, 1);
  framed.set(bytes, PREFIX_BYTES);
  return framed;
}

const framed = new WeakMap<object, Buffer>();

/** As `frame`, for a message that is sent on many streams and does not change: it is written once. */
export function frameOnce<Desc extends DescMessage>(desc: Desc, message: MessageShape<Desc>): Buffer {
  let bytes = framed.get(message);
  if (bytes === undefined) {
    bytes = frame(desc, message);
    framed.set(message, bytes);
  }
  return bytes;
}

/** Reads a message. Throws where the bytes are not one. */
export function decode<Desc extends DescMessage>(desc: Desc, bytes: Uint8Array): MessageShape<Desc> {
  return fromBinary(desc, bytes);
}

/** Reads a request, of which unknown fields are dropped: nobody would look at them. */
export function decodeRequest<Desc extends DescMessage>(desc: Desc, bytes: Uint8Array): MessageShape<Desc> {
  return fromBinary(desc, bytes, { readUnknownFields: false });
}

/** What grpc-js does with messages on the side where this package reads and writes them itself. */
export function asTheyAre(bytes: Buffer): Buffer {
  return bytes;
}
