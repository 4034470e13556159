import type { Message } from "@bufbuild/protobuf";
import { REQUEST_ID_HEADER } from "@tessera/rpc/correlation.ts";
import type { Log } from "@tessera/runtime/log.ts";
import type { Caller } from "../call.ts";
import type { Reply } from "../exchange.ts";
import { isBug } from "../problems/problem.ts";
import type { Route } from "../routes/route.ts";
import { type Inclusion, withMembers } from "./included.ts";

/** The answer to a command with what it is to include. The command has taken effect: what cannot be read is left out. */
export async function withInclusion(
  { inclusion, log }: { inclusion?: Inclusion | undefined; log: Log },
  reply: Reply,
  mentioning: readonly { route: Route; response: Message }[],
  caller: Caller,
): Promise<Reply> {
  if (inclusion === undefined || typeof reply.body !== "string") return reply;
  try {
    for (const it of mentioning) inclusion.add(it.route, it.response);
    return { ...reply, body: withMembers(reply.body, await inclusion.text()) };
  } catch (error) {
    logFailure(log, error, caller, "could not read what the answer to a command includes");
    return reply;
  }
}

/** Logs an error that the answer to a command does not show, where it is a bug. */
export function logFailure(log: Log, error: unknown, { headers }: Caller, sentence: string): void {
  if (isBug(error)) log.error({ err: error, request_id: headers[REQUEST_ID_HEADER] }, sentence);
}
