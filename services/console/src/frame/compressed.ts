import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

/** Shorter answers are sent as they are. */
const LEAST_BYTES = 1_024;
/** Pages are made for one reader each: quick is better than small. */
const QUALITY = 4;
const GZIP_LEVEL = 5;
const COMPRESSED = /^(text\/|application\/(geo\+)?json|image\/svg)/;

const brotli = promisify(brotliCompress);
const gzipped = promisify(gzip);

/** Compresses an answer where the browser takes that. Tokens in it look different each time (form-token.ts). */
export async function compressed(request: Request, response: Response): Promise<Response> {
  const { headers, status } = response;
  const coding = codingFor(request.headers.get("accept-encoding") ?? "");
  const isText =
    COMPRESSED.test(headers.get("content-type") ?? "") &&
    !/event-stream/.test(headers.get("content-type") ?? "");
  if (coding === undefined || !isText || response.body === null || headers.has("content-encoding"))
    return response;
  const body = Buffer.from(await response.arrayBuffer());
  const changed = new Headers(headers);
  changed.set("vary", [headers.get("vary"), "Accept-Encoding"].filter(Boolean).join(", "));
  if (body.length < LEAST_BYTES) return new Response(body, { status, headers: changed });
  const sent =
    coding === "br"
      ? await brotli(body, { params: { [constants.BROTLI_PARAM_QUALITY]: QUALITY } })
      : await gzipped(body, { level: GZIP_LEVEL });
  changed.set("content-encoding", coding);
  return new Response(new Uint8Array(sent), { status, headers: changed });
}

function codingFor(accepted: string): "br" | "gzip" | undefined {
  if (/\bbr\b(?!\s*;\s*q=0(\.0*)?(,|$))/.test(accepted)) return "br";
  return /\bgzip\b(?!\s*;\s*q=0(\.0*)?(,|$))/.test(accepted) ? "gzip" : undefined;
}
