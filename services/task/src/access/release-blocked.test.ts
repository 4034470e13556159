import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LOG, plant, squares, type TestService, testService } from "../testing/service.ts";
import { releaseBlocked } from "./release-blocked.ts";

let service: TestService;

beforeAll(async () => {
  service = await testService();
  await plant(service.sql, squares(4));
});

afterAll(() => service.end());

test("the locks of a blocked person end, though no feed reported the block", async () => {
  const purpose = LockPurpose.MAPPING;
  await service.as(5).lockTask({ taskId: 1, purpose });
  await service.as(6).lockTask({ taskId: 2, purpose });
  const blocked = new Set<bigint>();
  const releasing = releaseBlocked(service.store, (userId) => blocked.has(userId), LOG, 20);
  const held = async (who: number) => (await service.as(who).listHeldLocks({})).locks.length;
  expect(await held(5)).toBe(1);
  blocked.add(5n);
  await expect.poll(() => held(5)).toBe(0);
  await releasing.stop();
  expect(await held(6)).toBe(1);
  await service.as(7).lockTask({ taskId: 1, purpose });
});
