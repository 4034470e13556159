import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { AssignmentService } from "@tessera/contracts/tessera/task/v1/assignment_service_pb.ts";
import { fieldInvalid } from "@tessera/rpc/validation/validation.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { ASSIGNMENT_TEXTS } from "./assignment-texts.ts";
import { taskOf, taskPath } from "./task-address.ts";

const DAY_SECONDS = 86_400;
const DAYS_MAX = 90;

/** Reserves a task for the person of a name. */
export async function assignTask(visit: Visit): Promise<Done> {
  const { ask, form } = visit;
  const at = taskOf(visit);
  const userId = await userCalled(visit, form.text("user"));
  const days = Math.min(DAYS_MAX, Math.max(1, Math.round(form.number("days") ?? 1) || 1));
  const reservation = { seconds: BigInt(days * DAY_SECONDS) };
  const requestId = form.text("_request_id");
  await ask(AssignmentService.method.assignTask, { requestId, ...at, userId, reservation });
  return { see: taskPath(at), notice: "taskAssigned" };
}

/** The person of exactly this name, whatever the case. Refuses a name that nobody has, at its field. */
async function userCalled({ ask, language }: Visit, name: string): Promise<bigint> {
  const { users } = await ask(UserService.method.listUsers, { query: name });
  const same = (it: { name: string }) =>
    it.name.localeCompare(name, undefined, { sensitivity: "accent" }) === 0;
  const user = users.find((it) => it.name === name) ?? users.find(same);
  if (name !== "" && user !== undefined) return user.userId;
  const description = ASSIGNMENT_TEXTS(language).nobody(name);
  throw fieldInvalid([{ field: "user", description, rule: "user.name" }]);
}
