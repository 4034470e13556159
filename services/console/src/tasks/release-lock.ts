import { LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { pageAfter, taskOf } from "./task-address.ts";

/** Lets a task go, or takes it away from its holder by force. */
export async function releaseLock(visit: Visit): Promise<Done> {
  const { ask, form } = visit;
  const at = taskOf(visit);
  const lockToken = form.bigint("lock_token");
  const how = { force: form.isOn("force"), ...(lockToken !== undefined && { lockToken }) };
  await ask(LockService.method.releaseLock, { requestId: form.text("_request_id"), ...at, ...how });
  return { see: pageAfter(visit), notice: form.isOn("force") ? "lockForced" : "taskReleased" };
}
