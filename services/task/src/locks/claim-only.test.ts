import { durationOf } from "@tessera/contracts/duration.ts";
import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { ClaimOrder } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import { SubmissionResult } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { clear, plant, reasonOf, squares, type TestService, testService } from "../testing/service.ts";

const { MAPPING, VALIDATION } = LockPurpose;
const MANAGER = 90;

let service: TestService;

beforeAll(async () => {
  service = await testService();
});

afterAll(() => service.end());

beforeEach(() => clear(service.sql));

const taskIdOf = async (who: number) => (await service.as(who).claimTask({ purpose: MAPPING })).taskId;
const nearLast = async (who: number) =>
  (await service.as(who).claimTask({ purpose: MAPPING, order: ClaimOrder.NEAR_LAST })).taskId;

test("a claim near the last task gets the free task nearest to the one that the caller handed in last", async () => {
  await plant(service.sql, squares(64, 8));
  for (const taskId of [1, 46]) {
    const { token } = await service.as(1).lockTask({ taskId, purpose: MAPPING });
    await service.as(1).submitTask({ taskId, lockToken: token, result: SubmissionResult.MAPPED });
  }
  expect([38, 45, 47, 54]).toContain(await nearLast(1));
  expect(await nearLast(2)).toBeGreaterThan(0);
});

test("64 who claim near their last task at once get one each", async () => {
  const people = Array.from({ length: 64 }, (_, index) => index + 1);
  await plant(service.sql, squares(128, 16));
  await Promise.all(
    people.map(async (who) => {
      const { token } = await service.as(who).lockTask({ taskId: who, purpose: MAPPING });
      await service.as(who).submitTask({ taskId: who, lockToken: token, result: SubmissionResult.MAPPED });
    }),
  );
  const given = await Promise.all(people.map(nearLast));
  expect(given.sort((a, b) => a - b)).toEqual(people.map((who) => 64 + who));
});

describe("in a project where mappers do not choose", () => {
  const MAPPER = 70;
  beforeAll(() => {
    service.allow(MAPPER, { claimOnly: true });
    service.allow(MANAGER, { role: ProjectRole.MANAGER, claimOnly: true });
  });
  afterAll(() => {
    service.allow(MAPPER, {});
    service.allow(MANAGER, { role: ProjectRole.MANAGER });
  });
  beforeEach(() => plant(service.sql, squares(4)));

  test("locks of a chosen task are refused, one or several, and a claim is not", async () => {
    const mapper = service.as(MAPPER);
    expect(await reasonOf(mapper.lockTask({ taskId: 1, purpose: MAPPING }))).toBe("CLAIM_ONLY");
    expect(await reasonOf(mapper.lockTasks({ taskIds: [1], purpose: MAPPING }))).toBe("CLAIM_ONLY");
    const taskId = await taskIdOf(MAPPER);
    expect(await reasonOf(mapper.lockTask({ taskId, purpose: MAPPING }))).toBe("acknowledged");
  });

  test("a manager chooses, and so do the person whom a task is reserved for, and a validator", async () => {
    await service.as(MANAGER).assignTask({ taskId: 1, userId: BigInt(MAPPER), reservation: durationOf(600) });
    expect(await reasonOf(service.as(MAPPER).lockTask({ taskId: 1, purpose: MAPPING }))).toBe("acknowledged");
    expect(await reasonOf(service.as(MANAGER).lockTask({ taskId: 2, purpose: MAPPING }))).toBe(
      "acknowledged",
    );
    await service.sql`update tasks set state = 2, mapped_by = 5 where task_id = 3`;
    expect(await reasonOf(service.as(MAPPER).lockTask({ taskId: 3, purpose: VALIDATION }))).toBe(
      "acknowledged",
    );
  });
});
