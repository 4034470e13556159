import { create, type DescField, type Message } from "@bufbuild/protobuf";
import { TextKind } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { plainTextOf } from "@tessera/rpc/validation/text.ts";
import { parse } from "content-disposition";
import { type Caller, callClientStream, type TransportFor } from "../call.ts";
import type { Exchange } from "../exchange.ts";
import { bodyParts } from "../requests/body-stream.ts";
import { codingOf, decodedParts } from "../requests/content-coding.ts";
import { setFieldValue } from "../requests/field-value.ts";
import { fileOfForm, type SentFile } from "../requests/form-file.ts";
import type { Route, Upload } from "../routes/route.ts";

const FORM_TYPE = "multipart/form-data";
/** What a form may have around its file. */
const FORM_OVERHEAD_BYTES = 64 * 1024;
/** A message carries so much of a file at most. */
const CHUNK_BYTES = 64 * 1024;
/** The name of a file has at most this many characters, as the contract says. */
const NAME_MAX = 255;

/** What an upload needs of the gateway. */
export interface UploadDeps {
  transportFor: TransportFor;
  limits: { bodyTimeoutMs: number };
}

/**
 * Passes the body of a request on as a stream of messages, the first of which is `message`: the body comes no faster than
 * the service takes it, and none of it is kept.
 */
export async function callUpload(
  { transportFor, limits }: UploadDeps,
  exchange: Exchange,
  route: Route,
  message: Message,
  caller: Caller,
): Promise<Message> {
  const upload = route.upload as Upload;
  const file = await sentFile(exchange, upload, limits.bodyTimeoutMs);
  let failure: unknown;
  async function* messages() {
    try {
      yield* messagesOf(route, upload, message, file);
    } catch (error) {
      failure = error;
      throw error;
    }
  }
  try {
    return await callClientStream(transportFor, route, messages(), caller);
  } catch (error) {
    // That the call was given up says less than why.
    throw failure ?? error;
  } finally {
    exchange.request.resume();
  }
}

/** Finds the file in a request: its body, of whatever type, or what its form has. */
async function sentFile(exchange: Exchange, upload: Upload, silenceMaxMs: number): Promise<SentFile> {
  const { headers } = exchange.request;
  const type = headers["content-type"] ?? "";
  const coding = codingOf(exchange.request);
  const isForm = type.toLowerCase().split(";")[0]?.trim() === FORM_TYPE;
  const maxBytes = upload.maxBytes + (isForm ? FORM_OVERHEAD_BYTES : 0);
  const parts = decodedParts(bodyParts(exchange, { maxBytes, silenceMaxMs }), coding, maxBytes);
  if (isForm) return fileOfForm(type, parts, upload.maxBytes);
  return {
    name: parse(headers["content-disposition"] ?? "").parameters.filename ?? "",
    mediaType: type,
    parts,
  };
}

async function* messagesOf(
  { rpc }: Route,
  { chunk, fileName, mediaType }: Upload,
  first: Message,
  file: SentFile,
): AsyncGenerator<Message> {
  const put = (field: DescField | undefined, text: string) => field && setFieldValue(first, field, text);
  put(fileName, plain(file.name));
  put(mediaType, plain(file.mediaType).replaceAll(/[^ -~]/g, ""));
  yield first;
  for await (const part of file.parts) {
    for (let at = 0; at < part.length; at += CHUNK_BYTES) {
      const message = create(rpc.input);
      setFieldValue(message, chunk, part.subarray(at, at + CHUNK_BYTES));
      yield message;
    }
  }
}

/** The last part of a path, as a name that every service takes. */
function plain(text: string): string {
  const name = text.split("\\").at(-1) as string;
  return plainTextOf(TextKind.LINE, NAME_MAX, name);
}
