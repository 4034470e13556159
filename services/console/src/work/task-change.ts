import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import {
  type TaskAction,
  TaskActionSchema,
  TaskService,
  TaskView,
} from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { enumValue } from "../visits/enum-value.ts";
import type { Visit } from "../visits/visit.ts";
import { taskFilter } from "./task-filter.ts";

const { READY, MAPPED, VALIDATED, INVALIDATED, BAD_IMAGERY } = TaskState;

/** The changes of many tasks that the console offers, and to tasks in which states each applies. */
export const CHANGES = {
  MAP: [READY, INVALIDATED],
  VALIDATE: [MAPPED],
  INVALIDATE: [MAPPED, VALIDATED],
  RESET_BAD_IMAGERY: [BAD_IMAGERY],
  RESET: [READY, MAPPED, VALIDATED, INVALIDATED, BAD_IMAGERY],
  REVERT_USER: [MAPPED, VALIDATED, INVALIDATED, BAD_IMAGERY],
  DELETE: [READY],
} as const satisfies Record<string, readonly TaskState[]>;

/** The name of a change, as in the contract without its prefix. */
export type ChangeName = keyof typeof CHANGES;

/** The change that an address or a form names; undefined for none. */
export function changeNamed(name: string | null): ChangeName | undefined {
  const short = (name ?? "").replace("TASK_ACTION_", "");
  return Object.hasOwn(CHANGES, short) ? (short as ChangeName) : undefined;
}

/** The value of the contract. */
export function actionOf(name: ChangeName): TaskAction {
  return enumValue<TaskAction>(TaskActionSchema, `TASK_ACTION_${name}`);
}

/** How many tasks match the filter of an address, and how many of these a change applies to. */
export interface Meant {
  matching: number;
  meant: number;
}

/** Counts what a change applies to, as the tasks are now. `revertedUserId` is the person whose changes are reverted. */
export async function countMeant(
  { ask, query }: Visit,
  projectId: number,
  change: { name: ChangeName; revertedUserId?: bigint | undefined } | undefined,
): Promise<Meant> {
  const filter = taskFilter(query);
  const count = async (more: object) => {
    const list = {
      projectId,
      pageSize: 1,
      view: TaskView.ID,
      withTotal: true,
      filter: { ...filter, ...more },
    };
    return (await ask(TaskService.method.listTasks, list)).taskCount ?? 0;
  };
  const chosen: readonly TaskState[] = filter.states?.length ? (filter.states as TaskState[]) : [];
  const within = (states: readonly TaskState[]) =>
    chosen.length === 0 ? [...states] : states.filter((it) => chosen.includes(it));
  const inStates = (states: readonly TaskState[], more: object = {}) => {
    const both = within(states);
    return both.length === 0 ? 0 : count({ ...more, states: both });
  };
  const matching = await count({});
  if (change === undefined) return { matching, meant: 0 };
  if (change.name !== "REVERT_USER") return { matching, meant: await inStates(CHANGES[change.name]) };
  const { revertedUserId: person } = change;
  const { mappedByUserId = person, validatedByUserId = person } = filter;
  if (person === undefined) return { matching, meant: 0 };
  const parts = await Promise.all([
    mappedByUserId === person ? inStates([MAPPED, BAD_IMAGERY], { mappedByUserId }) : 0,
    validatedByUserId === person ? inStates([VALIDATED, INVALIDATED], { validatedByUserId }) : 0,
  ]);
  return { matching, meant: parts.reduce((sum, it) => sum + it, 0) };
}
