import { Reason } from "@tessera/contracts/tessera/gateway/v1/reason_pb.ts";
import { refuseHttp } from "../http-refusal.ts";

const QUOTED = /^"((?:[ !#-[\]-~]|\\["\\])+)"$/;
const BARE = /^[!#-~][!-~]*$/;

/** Reads the header Idempotency-Key: a string of RFC 9651, or the same without its quotes. */
export function idempotencyKey(header: string): string {
  const text = header.trim();
  const quoted = QUOTED.exec(text)?.[1];
  if (quoted !== undefined) return quoted.replaceAll(/\\(["\\])/g, "$1");
  if (BARE.test(text)) return text;
  throw refuseHttp(Reason.REQUEST_MALFORMED, {
    faults: [
      {
        in: "header",
        name: "Idempotency-Key",
        detail: "must be one string, quoted or not, and not empty",
        rule: "header.idempotency_key",
      },
    ],
  });
}

/** Writes a key as a string of RFC 9651; undefined for one that no header can carry. */
export function keyHeader(key: string): string | undefined {
  return /^[ -~]+$/.test(key) ? `"${key.replaceAll(/["\\]/g, "\\$&")}"` : undefined;
}
