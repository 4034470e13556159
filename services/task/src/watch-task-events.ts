import type { MethodImpl } from "@connectrpc/connect";
import type { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "./deps.ts";
import { positionInvalid } from "./refusals.ts";
import { eventOf } from "./store/events.ts";

/** Implements tessera.task.v1.TaskService.WatchTaskEvents. */
export function watchTaskEvents({
  store,
  projects,
  settings,
}: Deps): MethodImpl<typeof TaskService.method.watchTaskEvents> {
  return async function* (request, context) {
    const { projectId } = request;
    await projects.access(projectId, context);
    const head = await store.events.head();
    const after =
      request.position !== "" ? readPosition(request.position, head) : request.fromStart ? 0n : head;
    yield { position: position(after) };

    const { expireTimeMs = Number.POSITIVE_INFINITY } = callerOf(context);
    const ageMs = Math.max(0, Math.min(settings.streamMaxMs, expireTimeMs - Date.now()));
    const signal = AbortSignal.any([context.signal, AbortSignal.timeout(ageMs)]);
    for await (const row of store.events.watch({ projectId, after, signal })) {
      yield { position: position(row.position), event: eventOf(row) };
    }
  };
}

/** Opaque to callers, so that its form may change. */
function position(value: bigint): string {
  return `p${value.toString(36)}`;
}

function readPosition(text: string, head: bigint): bigint {
  if (!/^p[0-9a-z]{1,12}$/.test(text)) throw positionInvalid();
  const value = [...text.slice(1)].reduce((sum, digit) => sum * 36n + BigInt(Number.parseInt(digit, 36)), 0n);
  if (value > head) throw positionInvalid();
  return value;
}
