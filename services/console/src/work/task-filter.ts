import type { MessageInitShape } from "@bufbuild/protobuf";
import { type TaskState, TaskStateSchema } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import type { TaskFilterSchema } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { enumValue } from "../visits/enum-value.ts";

/** The filters of ListTasks that name a person. */
export const PERSON_FILTERS = [
  "filter.holder_user_id",
  "filter.mapped_by_user_id",
  "filter.validated_by_user_id",
] as const;

/** The filter that the parameters of an address ask for: they are those of the REST resource. */
export function taskFilter(query: URLSearchParams): MessageInitShape<typeof TaskFilterSchema> {
  const person = (name: (typeof PERSON_FILTERS)[number]) => {
    const text = query.get(name);
    if (!text) return undefined;
    // Nobody has the number 0: the contract refuses it.
    return /^\d{1,18}$/.test(text) ? BigInt(text) : 0n;
  };
  const [holder, mapper, validator] = PERSON_FILTERS.map(person);
  const [priority, outside] = [query.get("filter.priority"), query.get("filter.outside_area")];
  const urgent = query.get("filter.in_priority_area");
  return {
    states: query.getAll("filter.states").map((it) => enumValue<TaskState>(TaskStateSchema, it)),
    taskIds: query.getAll("filter.task_ids").map((it) => (/^\d{1,9}$/.test(it) ? Number(it) : 0)),
    ...(holder !== undefined && { holderUserId: holder }),
    ...(mapper !== undefined && { mappedByUserId: mapper }),
    ...(validator !== undefined && { validatedByUserId: validator }),
    ...(priority && { priority: /^\d{1,9}$/.test(priority) ? Number(priority) : -1 }),
    ...(outside === "true" && { outsideArea: true }),
    ...(urgent === "true" && { inPriorityArea: true }),
  };
}
