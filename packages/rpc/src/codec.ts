import {
  create,
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

const written = new WeakMap<object, Buffer>();

/** Writes a message, without copying it into another buffer. A message that came as bytes is these bytes. */
export function encode<Desc extends DescMessage>(desc: Desc, message: MessageShape<Desc>): Buffer {
  const known = written.get(message);
  if (known !== undefined) return known;
  const bytes = toBinary(desc, message);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Before each message: whether it is compressed (one byte), and its length (four). */
export const PREFIX_BYTES = 5;

/** Writes a message with its prefix, as it travels. */
export function frame<Desc extends DescMessage>(desc: Desc, message: MessageShape<Desc>): Buffer {
  const bytes = written.get(message) ?? toBinary(desc, message);
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

const unread = new WeakMap<DescMessage, PropertyDescriptorMap>();

/**
 * A message that is known in binary. It is sent as these bytes, and read once somebody looks at one of its fields: what only
 * passes it on pays for neither.
 */
export function unreadMessage<Desc extends DescMessage>(desc: Desc, bytes: Buffer): MessageShape<Desc> {
  const message = Object.defineProperties({ $typeName: desc.typeName }, unreadFields(desc));
  written.set(message, bytes);
  return message as MessageShape<Desc>;
}

/** The bytes of a message that came as such; undefined where they would have to be written. */
export function bytesOf(message: object): Buffer | undefined {
  return written.get(message);
}

/** Properties that read the whole message, and then are its values. */
function unreadFields(desc: DescMessage): PropertyDescriptorMap {
  let properties = unread.get(desc);
  if (properties === undefined) {
    const read = (message: object): Record<string, unknown> => {
      const values = { ...fromBinary(desc, written.get(message) as Buffer) };
      for (const name of Object.keys(Object(properties))) Reflect.deleteProperty(message, name);
      return Object.assign(message, create(desc), values) as Record<string, unknown>;
    };
    const property = (name: string): PropertyDescriptor => ({
      configurable: true,
      enumerable: true,
      get() {
        return read(this)[name];
      },
      set(value: unknown) {
        read(this)[name] = value;
        written.delete(this);
      },
    });
    properties = Object.fromEntries(desc.members.map(({ localName }) => [localName, property(localName)]));
    unread.set(desc, properties);
  }
  return properties;
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
