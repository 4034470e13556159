import { Readable } from "node:stream";
import { Busboy, type BusboyInstance } from "@fastify/busboy";
import { FormData, NO_FORM, type SentFile } from "../visits/form-data.ts";
import { PageFault } from "../visits/page-fault.ts";

/** All that is typed into one form. */
const TEXT_MAX_BYTES = 1024 * 1024;
const FIELDS_MAX = 2_000;
const NAME_MAX_BYTES = 200;

/** Reads what a form sent. Its file, if it has one, is read by who takes it. Throws a PageFault with 400, 413 or 415. */
export async function readForm(request: Request, fileMaxBytes: number): Promise<FormData> {
  const type = request.headers.get("content-type") ?? "";
  const kind = type.split(";")[0]?.trim().toLowerCase();
  if (request.body === null) return NO_FORM;
  if (kind === "application/x-www-form-urlencoded") return new FormData(fieldsOf(await textOf(request)));
  if (kind === "multipart/form-data") return multipart(type, request.body, fileMaxBytes);
  throw new PageFault(415);
}

async function textOf(request: Request): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of request.body as ReadableStream<Uint8Array>) {
    size += part.length;
    if (size > TEXT_MAX_BYTES) throw new PageFault(413);
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

function fieldsOf(text: string): Map<string, string[]> {
  const fields = new Map<string, string[]>();
  let count = 0;
  for (const [name, value] of new URLSearchParams(text)) {
    count += 1;
    if (count > FIELDS_MAX) throw new PageFault(413);
    add(fields, name, value);
  }
  return fields;
}

function add(fields: Map<string, string[]>, name: string, value: string): void {
  const before = fields.get(name);
  if (before === undefined) fields.set(name, [value]);
  else before.push(value);
}

function multipart(type: string, body: ReadableStream, fileMaxBytes: number): Promise<FormData> {
  const { promise, resolve, reject } = Promise.withResolvers<FormData>();
  const fields = new Map<string, string[]>();
  let parser: BusboyInstance;
  try {
    parser = new Busboy({
      headers: { "content-type": type },
      limits: {
        fieldNameSize: NAME_MAX_BYTES,
        fieldSize: TEXT_MAX_BYTES,
        fields: FIELDS_MAX,
        files: 1,
        fileSize: fileMaxBytes + 1,
      },
    });
  } catch {
    throw new PageFault(400);
  }
  parser.on("field", (name, value) => add(fields, name, value));
  parser.on("fieldsLimit", () => reject(new PageFault(413)));
  parser.on("file", (_name, stream, name, _encoding, mediaType) => {
    // A form whose file was left away sends one without name or bytes.
    if (!name) {
      stream.resume();
      return;
    }
    resolve(new FormData(fields, { name, mediaType, parts: bounded(stream, fileMaxBytes) }));
  });
  parser.on("finish", () => resolve(new FormData(fields)));
  const failed = () => reject(new PageFault(400));
  parser.on("error", failed);
  Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0])
    .on("error", failed)
    .pipe(parser);
  return promise;
}

async function* bounded(stream: Readable, maxBytes: number): SentFile["parts"] {
  let size = 0;
  for await (const part of stream) {
    size += part.length;
    if (size > maxBytes) throw new PageFault(413);
    yield part;
  }
}
