import { getOption } from "@bufbuild/protobuf";
import { method as methodOption } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { TaskEventKind } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { Refusal } from "@tessera/rpc/refusal.ts";
import { describe, expect, test } from "vitest";
import { type Change, liveLock } from "../tasks/task.ts";
import type { WholeTask } from "../tasks/whole-task.ts";
import { COMMANDS, cell } from "./cells.ts";
import { ANSWERS, BULK, LOCKS, POSSIBLE, ROLES, SHORT, STATE_NAMES } from "./state-machine.table.ts";
import { me, NOW, nameOf } from "./tasks.ts";

const EXPECTED = readTable();

describe.each(Object.keys(COMMANDS))("%s", (command) => {
  test.each(ROLES.anybody)("by a %s has the one answer of the table in each situation", (role) => {
    expect(cellsOf((lock, state) => outcomeOf(command, role, lock, state))).toEqual(
      cellsOf((lock, state) => EXPECTED.get(`${command} ${role} ${lock} ${state}`)),
    );
  });

  test("refuses with nothing but what the contract states for its RPC", () => {
    const [rpc] = COMMANDS[command] as (typeof COMMANDS)[string];
    const { refusals, operationRefusals } = getOption(rpc, methodOption);
    const reasons = [...EXPECTED]
      .filter(([key]) => key.startsWith(`${command} `))
      .map(([, answer]) => answer)
      .filter((answer) => /^[A-Z_]+$/.test(answer));
    expect([...refusals, ...operationRefusals]).toEqual(expect.arrayContaining(reasons));
  });
});

test("the table has each cell once, and no other", () => {
  const cells = Object.keys(COMMANDS).flatMap((command) =>
    ROLES.anybody.flatMap((role) =>
      LOCKS.any.flatMap((lock) => STATE_NAMES.map((state) => `${command} ${role} ${lock} ${state}`)),
    ),
  );
  expect([...EXPECTED.keys()].sort()).toEqual(cells.sort());
  expect(STATE_NAMES).toEqual(Object.keys(TaskState).filter((it) => it !== "UNSPECIFIED"));
});

test("whatever is acknowledged counts the revision on by its events, and leaves the lock that they say", () => {
  for (const { command, role, lock, state, before, change } of acknowledged()) {
    const last = change.events.at(-1);
    expect(change.events.map(({ revision }) => revision)).toEqual(
      change.events.map((_, index) => before.revision + BigInt(index) + 1n),
    );
    expect(change.task.revision).toBe(before.revision + BigInt(change.events.length));
    expect(change.task.state).toBe(last?.toState ?? before.state);
    const ends = ["released", "forced", "submitted", "split", "expired"];
    const present = liveLock(before, NOW);
    const words = change.events.map(({ kind }) => wordOf(kind));
    const expected = words.includes("locked")
      ? me.userId
      : words.some((it) => ends.includes(it))
        ? undefined
        : present?.holderUserId;
    expect(change.task.lock?.holderUserId, `${command} ${role} ${lock} ${state}`).toBe(expected);
  }
});

test("nothing that is acknowledged leads to a state with a lock that it cannot have", () => {
  const possible = new Set(
    POSSIBLE.trim()
      .split("\n")
      .flatMap((line) => {
        const [state = "", ...purposes] = line.trim().split(/\s+/);
        return purposes.map((purpose) => `${state} ${purpose}`);
      }),
  );
  const isPossible = (of: WholeTask) => of.lock === undefined || possible.has(pairOf(of));
  const reached = new Set<string>();
  for (const { command, role, lock, state, before, change } of acknowledged()) {
    if (!isPossible(before)) continue;
    expect(isPossible(change.task), `${command} ${role} ${lock} ${state}`).toBe(true);
    if (change.task.lock) reached.add(pairOf(change.task));
  }
  expect(reached).toEqual(possible);
});

function pairOf({ state, lock }: WholeTask): string {
  return `${nameOf(TaskState, state)} ${lock?.purpose === LockPurpose.MAPPING ? "mapping" : "validation"}`;
}

function outcomeOf(command: string, role: string, lock: string, state: (typeof STATE_NAMES)[number]): string {
  const { answer, change } = played(command, role, lock, state);
  return change === undefined ? answer : shown(change);
}

/** What happened, in the words of the table. */
function shown({ events }: Change): string {
  const words = events.map(({ kind, fromState, toState }) => {
    const gives = fromState !== toState || ["submitted", "split"].includes(wordOf(kind));
    return `${wordOf(kind)}${gives ? `>${nameOf(TaskState, toState ?? TaskState.UNSPECIFIED)}` : ""}`;
  });
  return words.join("+") || "nothing";
}

function wordOf(kind: TaskEventKind): string {
  return nameOf(TaskEventKind, kind)
    .replace(/^LOCK_/, "")
    .toLowerCase();
}

function played(command: string, role: string, lock: string, state: (typeof STATE_NAMES)[number]) {
  const [, decide] = COMMANDS[command] as (typeof COMMANDS)[string];
  const at = cell(role, lock, TaskState[state]);
  try {
    return { answer: "", before: at.known.task as WholeTask, change: decide(at) };
  } catch (error) {
    if (error instanceof Refusal) return { answer: error.reason.name, before: at.known.task as WholeTask };
    throw error;
  }
}

/** All that is acknowledged, in any cell. */
function acknowledged() {
  return Object.keys(COMMANDS).flatMap((command) =>
    ROLES.anybody.flatMap((role) =>
      LOCKS.any.flatMap((lock) =>
        STATE_NAMES.flatMap((state) => {
          const { before, change } = played(command, role, lock, state);
          return change ? [{ command, role, lock, state, before, change }] : [];
        }),
      ),
    ),
  );
}

function cellsOf(answer: (lock: string, state: (typeof STATE_NAMES)[number]) => string | undefined) {
  return Object.fromEntries(
    LOCKS.any.flatMap((lock) => STATE_NAMES.map((state) => [`${lock} ${state}`, answer(lock, state)])),
  );
}

/** The table, one answer for each cell. Throws where it answers twice. */
function readTable(): Map<string, string> {
  const table = new Map<string, string>();
  const put = (key: string, answer: string) => {
    if (table.has(key)) throw new Error(`the table answers ${key} twice`);
    table.set(key, answer);
  };
  for (const line of ANSWERS.split("\n").filter((it) => it !== "")) {
    const [command = "", roles = "", locks = "", ...answers] = line.split(/\s+/);
    for (const role of members(ROLES, roles)) {
      for (const lock of members(LOCKS, locks)) {
        for (const [column, state] of STATE_NAMES.entries()) {
          const answer = answers.length === 1 ? answers[0] : answers[column];
          if (answer === undefined) throw new Error(`the table has a short line: ${line}`);
          put(`${command} ${role} ${lock} ${state}`, noted(lock, SHORT[answer] ?? answer));
        }
      }
    }
  }
  for (const [key, answer] of [...table]) {
    const [command = "", role, lock = "", state] = key.split(" ");
    if (!BULK.includes(command)) continue;
    const free = table.get(`${command} ${role} none ${state}`) ?? "";
    put(`${command}+locked ${role} ${lock} ${state}`, forced(lock, answer, free));
  }
  return table;
}

/** The end of an expired lock is written first, with the acknowledged change. */
function noted(lock: string, answer: string): string {
  if (!lock.includes("-out") || /^[A-Z]/.test(answer)) return answer;
  return answer === "nothing" ? "expired" : `expired+${answer}`;
}

/** What include_locked makes of an answer. */
function forced(lock: string, answer: string, free: string): string {
  if (lock === "none" || lock.includes("-out")) return answer;
  const end = lock.startsWith("mine") ? "released" : "forced";
  if (answer !== "TASK_LOCKED") return answer;
  return free === "nothing" ? end : `${end}+${free}`;
}

function members(groups: Record<string, string[]>, names: string): string[] {
  return names.split(",").flatMap((name) => groups[name] ?? [name]);
}
