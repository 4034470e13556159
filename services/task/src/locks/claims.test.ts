import { create } from "@bufbuild/protobuf";
import { createContextValues, createHandlerContext } from "@connectrpc/connect";
import { durationOf } from "@tessera/contracts/duration.ts";
import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import {
  ClaimOrder,
  ClaimTaskRequestSchema,
  LockService,
} from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { boundingBoxOf } from "@tessera/geometry/areas/measure.ts";
import { squareArea } from "@tessera/geometry/grids/tile.ts";
import { ANONYMOUS, callerKey } from "@tessera/rpc/caller.ts";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { clear, lapse, plant, reasonOf, squares, type TestService, testService } from "../testing/service.ts";
import { claimTask } from "./claim-task.ts";
import type { Claim } from "./claims-store.ts";
import { offerTasks } from "./offer-store.ts";

const { MAPPING, VALIDATION } = LockPurpose;
const { RANDOM, NEAREST, PRIORITY } = ClaimOrder;
const CLAIMERS = 64;
const FEWER = 40;
const MANAGER = 90;
const FREE = 80;

let service: TestService;

beforeAll(async () => {
  service = await testService();
  service.allow(MANAGER, { role: ProjectRole.MANAGER });
});

afterAll(() => service.end());

beforeEach(() => clear(service.sql));

const range = (count: number) => Array.from({ length: count }, (_, index) => index);
/** A point in the middle of what is planted. */
const HERE = { longitude: 17.8, latitude: -0.1 };
const claim = (
  who: number,
  order: ClaimOrder = RANDOM,
  point: object = HERE,
  purpose: LockPurpose = MAPPING,
) => service.as(who).claimTask({ purpose, order, ...point });
const taskIdOf = async (...args: Parameters<typeof claim>) => (await claim(...args)).taskId;

/** The answers to 64 people at once: the numbers of tasks in order, and how often each reason. */
async function rush(order: ClaimOrder, points: (index: number) => object = () => HERE) {
  const given: number[] = [];
  const refused: Record<string, number> = {};
  await Promise.all(
    range(CLAIMERS).map(async (index) => {
      const call = claim(index + 1, order, points(index));
      const reason = await reasonOf(call);
      if (reason === "acknowledged") given.push((await call).taskId);
      else refused[reason] = (refused[reason] ?? 0) + 1;
    }),
  );
  return { given: given.sort((a, b) => a - b), refused };
}

describe.each([
  ["RANDOM", RANDOM],
  ["NEAREST", NEAREST],
  ["PRIORITY", PRIORITY],
])("in the order %s", (_, order) => {
  test("64 who claim at once in a project with 64 free tasks get one each", async () => {
    await plant(service.sql, squares(CLAIMERS, 8));
    await service.sql`update tasks set priority = task_id % 3`;
    expect(await rush(order)).toEqual({ given: range(CLAIMERS).map((index) => index + 1), refused: {} });
    const held = await service.sql`select from tasks where lock_holder is not null`;
    expect(held).toHaveLength(CLAIMERS);
  });

  test("64 who claim at once in a project with 40 free tasks: 40 get one each, 24 learn that there is none", async () => {
    await plant(service.sql, squares(FEWER, 8));
    await service.sql`update tasks set priority = task_id % 3`;
    expect(await rush(order)).toEqual({
      given: range(FEWER).map((index) => index + 1),
      refused: { NO_TASK_AVAILABLE: CLAIMERS - FEWER },
    });
  });
});

test("64 who claim at once through two processes, which do not know of each other's choices, get one each", async () => {
  const other = await testService({}, service);
  try {
    for (const order of [RANDOM, NEAREST, PRIORITY]) {
      await clear(service.sql);
      await plant(service.sql, squares(CLAIMERS, 8));
      await service.sql`update tasks set priority = 5`;
      const answers = await Promise.all(
        range(CLAIMERS).map((index) =>
          reasonOf(
            (index % 2 ? service : other).as(index + 1).claimTask({ purpose: MAPPING, order, ...HERE }),
          ),
        ),
      );
      expect(new Set(answers)).toEqual(new Set(["acknowledged"]));
      const held = await service.sql`select distinct lock_holder from tasks where lock_holder is not null`;
      expect(held).toHaveLength(CLAIMERS);
    }
  } finally {
    await other.end();
  }
});

test("a claim by priority gets one of the highest, and any when none has a priority", async () => {
  await plant(service.sql, squares(20));
  await service.sql`update tasks set priority = 7 where task_id in (5, 6)`;
  await service.sql`update tasks set priority = 9 where task_id = 17`;
  expect(await taskIdOf(1, PRIORITY)).toBe(17);
  expect([await taskIdOf(2, PRIORITY), await taskIdOf(3, PRIORITY)].sort()).toEqual([5, 6]);
  expect(await taskIdOf(4, PRIORITY)).toBeGreaterThan(0);
});

describe.each([
  ["RANDOM", RANDOM],
  ["NEAREST", NEAREST],
  ["PRIORITY", PRIORITY],
])("with priority areas, in the order %s", (_, order) => {
  beforeEach(async () => {
    await plant(service.sql, squares(CLAIMERS, 8));
    await service.sql`update tasks set priority = 100 - task_id`;
    await service.sql`update tasks set priority_area = case when task_id > 60 then 1 else 2 end where task_id > 52`;
  });

  test("12 of 12 claims get a task of the areas, those of the first area first", async () => {
    const given: number[] = [];
    for (const who of range(12)) given.push(await taskIdOf(who + 1, order));
    expect(given.slice(0, 4).sort((a, b) => a - b)).toEqual([61, 62, 63, 64]);
    expect(given.slice(4).sort((a, b) => a - b)).toEqual(range(8).map((index) => 53 + index));
  });

  test("64 who claim at once get one each, inside and outside of the areas", async () => {
    expect(await rush(order)).toEqual({ given: range(CLAIMERS).map((index) => index + 1), refused: {} });
  });
});

test("a claim of the nearest gets the free task whose centre is nearest, from anywhere", async () => {
  const tasks = squares(400, 20);
  await plant(service.sql, tasks);
  // Few are left, so that one has to look far for the nearest.
  const isFree = (taskId: number) => (taskId * 7_919) % 401 < FREE;
  const free = new Map(
    tasks.map(({ area }, index) => [index + 1, boundingBoxOf(area)] as const).filter(([id]) => isFree(id)),
  );
  await service.sql`update tasks set state = 2 where task_id <> all(${[...free.keys()]}::integer[])`;
  let who = 0;
  const near = {
    longitude: fc.double({ min: 17.5, max: 18.2, noNaN: true }),
    latitude: fc.double({ min: -0.4, max: 0.2, noNaN: true }),
  };
  const far = {
    longitude: fc.double({ min: -180, max: 180, noNaN: true }),
    latitude: fc.double({ min: -90, max: 90, noNaN: true }),
  };
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.record(near), fc.record(far)), async (point) => {
      const shrink = Math.max(0.01, Math.cos((point.latitude * Math.PI) / 180));
      const distances = [...free].map(([taskId, { west, south, east, north }]) => ({
        taskId,
        distance: Math.hypot(
          ((west + east) / 2 - point.longitude) * shrink,
          (south + north) / 2 - point.latitude,
        ),
      }));
      const taskId = await taskIdOf(++who, NEAREST, point);
      const chosen = distances.find((it) => it.taskId === taskId)?.distance as number;
      expect(chosen).toBeLessThanOrEqual(Math.min(...distances.map((it) => it.distance)) + 1e-9);
      free.delete(taskId);
    }),
    { numRuns: FREE - 10 },
  );
});

test("a task straight ahead is nearer than four that lie aslant, closer along each axis", async () => {
  const [half, aslant] = [0.005, 0.024];
  const around = (x: number, y: number) => ({ area: squareArea(x - half, y - half, x + half, y + half) });
  const corners = [-aslant, aslant].flatMap((x) => [-aslant, aslant].map((y) => around(x, y)));
  await plant(service.sql, [...corners, around(0.03, 0)]);
  expect(await taskIdOf(1, NEAREST, { longitude: 0, latitude: 0 })).toBe(5);
});

test("a claim of the nearest gets a tiny task that is as far away as a point can be", async () => {
  await plant(service.sql, squares(1));
  await service.sql`update task_sets set widest_degrees = 0.00001`;
  await service.sql`update task_areas set west = -180, east = -179.99999, south = 84.99999, north = 85`;
  expect(await taskIdOf(1, NEAREST, { longitude: 180, latitude: -10 })).toBe(1);
});

test("validators are not offered their own mapping; managers only when there is nothing else", async () => {
  await plant(service.sql, squares(3));
  await service.sql`update tasks set state = ${TaskState.MAPPED}, mapped_by = 1 where task_id = 1`;
  await service.sql`update tasks set state = ${TaskState.BAD_IMAGERY}, mapped_by = ${MANAGER} where task_id = 2`;
  for (const order of [RANDOM, NEAREST, PRIORITY]) {
    expect(await taskIdOf(1, order, HERE, VALIDATION)).toBe(2);
    expect(await reasonOf(claim(1, order, HERE, VALIDATION))).toBe("NO_TASK_AVAILABLE");
    expect(await taskIdOf(MANAGER, order, HERE, VALIDATION)).toBe(1);
    await service.as(1).releaseLock({ taskId: 2 });
    expect(await taskIdOf(MANAGER, order, HERE, VALIDATION)).toBe(2);
    await service.as(MANAGER).releaseLocks({ taskIds: [1, 2] });
  }
});

test("a reserved task is offered to nobody but the person it is reserved for, until that ends", async () => {
  await plant(service.sql, squares(1));
  await service.as(MANAGER).assignTask({ taskId: 1, userId: 7n, reservation: durationOf(300) });
  for (const order of [RANDOM, NEAREST, PRIORITY]) {
    expect(await reasonOf(claim(1, order))).toBe("NO_TASK_AVAILABLE");
    expect(await taskIdOf(7, order)).toBe(1);
    await service.as(7).releaseLock({ taskId: 1 });
  }
  await service.sql`update tasks set assigned_until = now()`;
  expect(await taskIdOf(1, RANDOM)).toBe(1);
});

test("only tasks in a state for the purpose are offered, and an expired lock blocks nobody", async () => {
  await plant(service.sql, squares(6));
  await service.sql`update tasks set state = task_id where task_id < 6`;
  await service.sql`delete from tasks where task_id = 6`;
  const given = [await taskIdOf(1), await taskIdOf(2)].sort();
  expect(given).toEqual([TaskState.READY, TaskState.INVALIDATED]);
  expect(await reasonOf(claim(3))).toBe("NO_TASK_AVAILABLE");
  await lapse(service.sql, 1);
  expect(await taskIdOf(3)).toBe(1);
  const forValidation = [
    await taskIdOf(4, RANDOM, HERE, VALIDATION),
    await taskIdOf(4, RANDOM, HERE, VALIDATION),
  ];
  expect(forValidation.sort()).toEqual([TaskState.MAPPED, TaskState.BAD_IMAGERY]);
});

test("a holder at the limit is refused so, and a claim sent again is answered again", async () => {
  await plant(service.sql, squares(3));
  const first = await service.as(1).claimTask({ purpose: MAPPING, requestId: "same" });
  expect(await reasonOf(claim(1))).toBe("LOCK_LIMIT_REACHED");
  const again = await service.as(1).claimTask({ purpose: MAPPING, requestId: "same" });
  expect([again.taskId, again.token]).toEqual([first.taskId, first.token]);
  expect(again.acknowledgement?.replayed).toBe(true);
});

test("what was offered to a claimer whom another process overtook goes to nobody twice", async () => {
  await plant(service.sql, squares(2));
  // Between its choice and its writing, all it was offered but one is taken.
  const late = service.as(1, () => service.as(2).lockTask({ taskId: 1, purpose: MAPPING }));
  await service.sql`update tasks set priority = 10 - task_id`;
  const { taskId } = await late.claimTask({ purpose: MAPPING, order: PRIORITY });
  expect(taskId).toBe(2);
  expect(await reasonOf(claim(3))).toBe("NO_TASK_AVAILABLE");
});

test("what was offered beside a read that failed is offered to the next who claims", async () => {
  await plant(service.sql, squares(2));
  const { sql } = service;
  const offer = offerTasks(sql, { byProject: service.isDistributed });
  const isRead = Promise.withResolvers<void>();
  const isSettled = Promise.withResolvers<void>();
  const late = async (wanted: Claim) => {
    // The offer comes when the try has failed already.
    await isRead.promise;
    const made = await offer(wanted);
    const settle = () => {
      made.settle();
      isSettled.resolve();
    };
    return { ...made, settle };
  };
  const read = () => Promise.reject(new Error("the read failed"));
  const failing = claimTask({ ...service.deps, store: { ...service.store, read, offerTasks: late } });
  const request = create(ClaimTaskRequestSchema, { requestId: "r", projectId: 1, purpose: MAPPING });
  const values = createContextValues().set(callerKey, { ...ANONYMOUS, userId: 1n, sessionId: "s" });
  const context = createHandlerContext({
    service: LockService,
    method: LockService.method.claimTask,
    protocolName: "test",
    requestMethod: "POST",
    url: "http://localhost/",
    contextValues: values,
  });
  await expect(failing(request, context)).rejects.toThrow("the read failed");
  isRead.resolve();
  await isSettled.promise;
  const next = await offer({ ...request, holder: 2n, own: false });
  expect(next.tasks).toHaveLength(2);
});
