import type { MessageInitShape } from "@bufbuild/protobuf";
import {
  AreaService,
  type CreateAreaUploadRequestSchema,
} from "@tessera/contracts/tessera/project/v1/area_service_pb.ts";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/project/v1/reason_pb.ts";
import { refusals } from "@tessera/rpc/refusal.ts";
import { fieldRefusal } from "../forms/field-refusal.ts";
import { requestIdWith } from "../forms/request-id.ts";
import type { SentFile } from "../visits/form-data.ts";
import type { Done } from "../visits/page.ts";
import { PageFault } from "../visits/page-fault.ts";
import type { Visit } from "../visits/visit.ts";
import { withHead } from "./file-head.ts";
import { MAKING_TEXTS } from "./texts.ts";

/** One message carries this much of a file. */
const CHUNK_BYTES = 262_144;
/**
 * The request id of an upload is made of this much of its file, since it is sent before the rest is read. Where the same
 * form sends a larger file of the same name that differs only after that, it is refused: REQUEST_ID_REUSED.
 */
const HEAD_BYTES = 8_388_608;
const NAME_MAX = 255;
const PRINTABLE = /^[ -~]{0,255}$/;

/** Sends the file of a form on to be read, as it comes. */
export async function uploadFile(visit: Visit): Promise<Done> {
  const { form, language } = visit;
  if (form.file === undefined) throw fieldRefusal("file", MAKING_TEXTS(language).area.noFile);
  return { see: uploadPath(await sendArea(visit, form.file), form.text("project_id")) };
}

/** Sends a text in GeoJSON on to be read, as a file would be. Returns the id of the upload. */
export async function uploadText(visit: Visit, text: string, name: string): Promise<string> {
  const parts = (async function* () {
    yield new TextEncoder().encode(text);
  })();
  return sendArea(visit, { name, mediaType: "application/geo+json", parts });
}

/** The page of an upload; `projectId` is the project whose area it is to become, if there is one. */
export function uploadPath(id: string, projectId: string): string {
  return `/v1/area-uploads/${id}${/^[1-9]\d{0,9}$/.test(projectId) ? `?project_id=${projectId}` : ""}`;
}

async function sendArea({ deps, call, form }: Visit, file: SentFile): Promise<string> {
  let fault: unknown;
  async function* messages(): AsyncGenerator<MessageInitShape<typeof CreateAreaUploadRequestSchema>> {
    const mediaType = PRINTABLE.test(file.mediaType) ? file.mediaType : "";
    const fileName = [...file.name].slice(-NAME_MAX).join("");
    try {
      const { head, parts } = await withHead(file, HEAD_BYTES);
      yield { requestId: requestIdWith(form, head), fileName, mediaType };
      for await (const part of parts)
        for (let at = 0; at < part.length; at += CHUNK_BYTES)
          yield { chunk: part.subarray(at, at + CHUNK_BYTES) };
    } catch (error) {
      fault = error;
      throw error;
    }
  }
  try {
    const transport = deps.transportFor(AreaService);
    const method = AreaService.method.createAreaUpload;
    const { message } = await transport.stream(method, call.signal, undefined, call.headers, messages());
    for await (const { acknowledgement } of message) return acknowledgement?.name.split("/").at(-1) ?? "";
    throw new Error("an upload was not acknowledged");
  } catch (error) {
    if (fault instanceof PageFault) throw tooLarge(deps.fileMaxBytes);
    throw error;
  }
}

function tooLarge(limitBytes: number) {
  const metadata = { limit_bytes: String(limitBytes) };
  return refusals(ReasonSchema)(Reason.AREA_FILE_TOO_LARGE, { metadata });
}
