import { type DescMessage, type DescMethod, type MessageShape, toBinary } from "@bufbuild/protobuf";
import type { Attempt, Written } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { tooManyOperations } from "./refusals.ts";
import { type Start, UNDER_WAY_MAX } from "./store.ts";

/** The areas of a project in binary, and the revision of the project that has them, where that matters. */
export type WorkArea = Pick<Start, "area" | "areaRevision" | "priorityAreas">;

/** Starts an operation that does what the request says. Refuses TOO_MANY_OPERATIONS. */
export async function startOperation<I extends DescMessage, O extends DescMessage>(
  { store, operations }: Pick<Deps, "store" | "operations">,
  attempt: Attempt<O>,
  method: DescMethod & { input: I; output: O },
  request: MessageShape<I>,
  area: WorkArea = {},
): Promise<Written<O> | undefined> {
  const started = await store.startOperation(attempt, {
    kind: method.name,
    request: toBinary(method.input, request),
    userId: attempt.caller.userId,
    ...area,
  });
  if (started === "full") throw tooManyOperations(UNDER_WAY_MAX);
  if (started !== undefined) operations.poke();
  return started;
}
