import { LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { pageAfter, taskOf } from "./task-address.ts";

/** Gives the person more time on a task that they hold. */
export async function extendLock(visit: Visit): Promise<Done> {
  const { ask, form } = visit;
  const at = taskOf(visit);
  const lockToken = form.bigint("lock_token");
  const token = lockToken === undefined ? {} : { lockToken };
  await ask(LockService.method.extendLock, { requestId: form.text("_request_id"), ...at, ...token });
  return { see: pageAfter(visit), notice: "lockExtended" };
}
