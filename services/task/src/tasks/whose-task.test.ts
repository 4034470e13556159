import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { describe, expect, test } from "vitest";
import { unassign } from "../assignments/assignment.ts";
import { lock } from "../locks/lock.ts";
import { access, answer, known, LIMITS, me, NOW, reserved, seconds, task } from "../testing/tasks.ts";
import type { WholeTask } from "./whole-task.ts";

const { MAPPING, VALIDATION } = LockPurpose;
const mapped = task({ state: TaskState.MAPPED, mappedByUserId: 10n });
const mappedByMe = task({ state: TaskState.MAPPED, mappedByUserId: 7n });
const badByMe = task({ state: TaskState.BAD_IMAGERY, mappedByUserId: 7n });
const wrongByMe = task({ state: TaskState.INVALIDATED, mappedByUserId: 7n });

/** The relation of the caller to the task, the purpose, and the answers to a validator and to a manager. */
const CASES: [whose: string, of: WholeTask, purpose: LockPurpose, validator: string, manager: string][] = [
  ["for nobody", task(), MAPPING, "LOCKED", "LOCKED"],
  ["for me", reserved(7n, seconds(1)), MAPPING, "LOCKED", "LOCKED"],
  ["for another", reserved(9n, seconds(1)), MAPPING, "TASK_ASSIGNED", "LOCKED"],
  ["for another, until now", reserved(9n, NOW), MAPPING, "LOCKED", "LOCKED"],
  ["for another, until a moment ago", reserved(9n, seconds(-1)), MAPPING, "LOCKED", "LOCKED"],
  ["for another, and mapped", reserved(9n, seconds(1), mapped), VALIDATION, "LOCKED", "LOCKED"],
  ["for another, and mapped", reserved(9n, seconds(1), mapped), MAPPING, "STATE", "STATE"],
  ["mapped by another", mapped, VALIDATION, "LOCKED", "LOCKED"],
  ["mapped by me", mappedByMe, VALIDATION, "OWN_MAPPING", "LOCKED"],
  ["without imagery, as I say", badByMe, VALIDATION, "OWN_MAPPING", "LOCKED"],
  ["mapped by me, and invalidated", wrongByMe, VALIDATION, "OWN_MAPPING", "LOCKED"],
  ["mapped by me, and invalidated", wrongByMe, MAPPING, "LOCKED", "LOCKED"],
];

describe.each(CASES)("%s", (_, of, purpose, validator, manager) => {
  const name = purpose === MAPPING ? "mapping" : "validation";

  test.each([
    [ProjectRole.VALIDATOR, validator],
    [ProjectRole.MANAGER, manager],
  ])(`locked for ${name} by role %i`, (role, expected) => {
    const outcome = answer(() => lock(known(of), me, access({ role }), purpose, LIMITS));
    expect(outcome.replace("TASK_STATE_NOT_LOCKABLE", "STATE")).toBe(expected);
  });
});

test.each([
  ["for nobody", task(), "ASSIGNMENT_NOT_FOUND"],
  ["for another", reserved(9n, seconds(1)), "UNASSIGNED"],
  ["for another, until now", reserved(9n, NOW), "ASSIGNMENT_NOT_FOUND"],
])("a reservation %s is withdrawn", (_, of, expected) => {
  const manages = access({ role: ProjectRole.MANAGER, management: { permitted: true } });
  expect(answer(() => unassign(known(of), me, manages))).toBe(expected);
});
