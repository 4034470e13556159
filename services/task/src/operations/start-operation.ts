import { create, type DescMessage, type DescMethod, type MessageShape, toBinary } from "@bufbuild/protobuf";
import type { HandlerContext } from "@connectrpc/connect";
import type { Acknowledgement } from "@tessera/contracts/tessera/rpc/v1/acknowledgement_pb.ts";
import { acknowledgement, replay, requestKey, untilWritten } from "@tessera/postgres/requests.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { tooManyOperations } from "./refusals.ts";
import { type Start, UNDER_WAY_MAX } from "./store.ts";

/** A command that starts an operation. */
interface Starting<I extends DescMessage, O extends DescMessage> {
  method: DescMethod & { input: I; output: O };
  request: MessageShape<I> & { requestId: string; projectId: number };
  context: Pick<HandlerContext, "values" | "signal">;
  /** Refuses, or answers the area of interest, where the work needs it. */
  admit: () => Promise<WorkArea | undefined>;
}

/** An area of interest in binary, and the revision of the project that has it, where that matters. */
export type WorkArea = Pick<Start, "area" | "areaRevision">;

/** Starts an operation that does what the request says. */
export function startOperation<I extends DescMessage, O extends DescMessage>(
  { store, operations }: Pick<Deps, "store" | "operations">,
  { method, request, context, admit }: Starting<I, O>,
): Promise<MessageShape<O>> {
  const { projectId } = request;
  const { userId } = callerOf(context);
  const key = requestKey(method, request, { projectId, caller: String(userId) });
  return untilWritten(async () => {
    const remembered = await store.recall(key);
    if (remembered !== undefined) return replay(method.output, key, remembered);
    const area = await admit();
    const started = await store.startOperation(context, key, {
      kind: method.name,
      request: toBinary(method.input, request),
      userId,
      ...area,
    });
    if (started === "full") throw tooManyOperations(UNDER_WAY_MAX);
    if (started === undefined) return undefined;
    operations.poke();
    const response = create(method.output) as MessageShape<O> & { acknowledgement?: Acknowledgement };
    response.acknowledgement = acknowledgement(key, started);
    return response;
  });
}
