import { Busboy, type BusboyFileStream, type BusboyInstance } from "@fastify/busboy";
import { Reason } from "@tessera/contracts/tessera/gateway/v1/reason_pb.ts";
import { drained } from "@tessera/rpc/drained.ts";
import { Refusal } from "@tessera/rpc/refusal.ts";
import { refuseHttp } from "../http-refusal.ts";
import { bodyTooLarge, ClientGone } from "./body.ts";

/** A file as it comes. */
export interface SentFile {
  name: string;
  mediaType: string;
  parts: AsyncIterable<Uint8Array>;
}

/** A form has one file, and little else. */
const FORM_LIMITS = { fields: 10, fieldSize: 1_024, files: 1, parts: 11, headerPairs: 20, headerSize: 8_192 };

/** Finds the file in a form (multipart/form-data), of which nothing is kept. Other fields of the form are ignored. */
export async function fileOfForm(
  contentType: string,
  body: AsyncGenerator<Buffer>,
  maxBytes: number,
): Promise<SentFile> {
  const form = openForm(contentType, maxBytes);
  const found = Promise.withResolvers<SentFile>();
  const ended = Promise.withResolvers<void>();
  ended.promise.catch(() => {});
  let file: BusboyFileStream | undefined;
  const fail = (error: unknown) => {
    found.reject(error);
    ended.reject(error);
    file?.destroy(error as Error);
    form.destroy();
  };
  form.once("file", (_field, stream: BusboyFileStream, fileName, _encoding, mediaType) => {
    file = stream;
    stream.once("limit", () => fail(bodyTooLarge(maxBytes)));
    found.resolve({ name: fileName ?? "", mediaType, parts: wholeFile(stream, ended.promise, form) });
  });
  for (const limit of ["filesLimit", "fieldsLimit", "partsLimit"] as const) {
    form.once(limit, () => fail(malformed("must have one file and few other fields")));
  }
  form.once("error", () => fail(malformed("cannot be read as a form")));
  form.once("finish", () => {
    found.reject(malformed("must have a file"));
    ended.resolve();
  });
  pump(body, form).catch(fail);
  return found.promise;
}

function openForm(contentType: string, maxBytes: number): BusboyInstance {
  try {
    return new Busboy({
      headers: { "content-type": contentType },
      limits: { ...FORM_LIMITS, fileSize: maxBytes },
    });
  } catch {
    throw malformed("cannot be read as a form: its boundary is missing");
  }
}

async function pump(body: AsyncGenerator<Buffer>, form: BusboyInstance): Promise<void> {
  for await (const part of body) {
    if (form.destroyed) return;
    if (!form.write(part)) await drained(form);
  }
  form.end();
}

/** The file, and then the rest of the form: whether that is well-formed decides on the whole. */
async function* wholeFile(
  file: BusboyFileStream,
  ended: Promise<void>,
  form: BusboyInstance,
): AsyncGenerator<Uint8Array> {
  try {
    yield* file as AsyncIterable<Uint8Array>;
    await ended;
  } catch (error) {
    // A file that breaks off says so itself, before its form does.
    throw error instanceof Refusal || error instanceof ClientGone
      ? error
      : malformed("cannot be read as a form");
  } finally {
    form.destroy();
  }
}

function malformed(detail: string) {
  return refuseHttp(Reason.REQUEST_MALFORMED, {
    faults: [{ in: "body", name: "", detail, rule: "body.form" }],
  });
}
