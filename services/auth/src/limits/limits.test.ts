import { memoryLimiter } from "@tessera/rpc/admission/memory-limiter.ts";
import { Refusal } from "@tessera/rpc/refusal.ts";
import { type TestDatabase, testDatabase } from "@tessera/testing/database.ts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { MIGRATIONS } from "../migrations.ts";
import { createLimits } from "./limits.ts";
import { recent } from "./recent.ts";
import { forgetSpent, limitTable } from "./store.ts";

let database: TestDatabase;
const limitsOf = (percent = 100) => createLimits(limitTable(database.sql), percent);

beforeAll(async () => {
  database = await testDatabase(MIGRATIONS);
});

beforeEach(() => database.sql`delete from spent_limits`);

afterAll(() => database.drop());

/** How many of a number of attempts are let through, and why the last was not. */
async function tries(count: number, act: (index: number) => Promise<void> | void) {
  let passed = 0;
  let refusal: Refusal | undefined;
  for (let index = 0; index < count; index++) {
    try {
      await act(index);
      passed += 1;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refusal = error;
    }
  }
  return { passed, refusal };
}

test("an address has a limit per minute, and learns when to retry; another is not delayed", async () => {
  const limits = limitsOf(10);
  const { passed, refusal } = await tries(70, () => limits.spend("SIGN_IN", { address: "203.0.113.7" }));
  expect(passed).toBe(60);
  expect(refusal?.reason.name).toBe("RATE_LIMITED");
  expect(refusal?.metadata).toEqual({ limit: "sign_in by address" });
  expect(refusal?.retryAfterMs).toBeGreaterThan(50_000);
  expect(refusal?.retryAfterMs).toBeLessThanOrEqual(60_000);
  await limits.spend("SIGN_IN", { address: "203.0.113.8" });
});

test("what makes rows is limited for all replicas together", async () => {
  const replicas = Array.from({ length: 6 }, () => limitsOf(10));
  const { passed, refusal } = await tries(360, (index) =>
    replicas[index % 6]?.spend("SIGN_IN", { address: "203.0.113.7" }),
  );
  expect(passed).toBe(300);
  expect(refusal?.retryAfterMs).toBeGreaterThan(500_000);
  const rows = JSON.stringify(await database.sql`select key from spent_limits`);
  expect(rows).not.toContain("203.0.113");
});

test("nobody locks a client or an account out from elsewhere", async () => {
  const limits = limitsOf();
  const attacked = { client: "app", account: "session" };
  await tries(1_000, () => limits.spend("CLAIM", { ...attacked, address: "203.0.113.66" }));
  await tries(100, () => limits.failed({ ...attacked, address: "203.0.113.66" }));
  const owner = { ...attacked, address: "198.51.100.1" };
  limits.refuseGuessing(owner);
  const { passed } = await tries(300, () => limits.spend("CLAIM", owner));
  expect(passed).toBe(300);
});

test("too many wrong credentials of a client from one address are held up, but not who was right there before", async () => {
  const limits = limitsOf();
  const guessing = { client: "app", address: "203.0.113.7" };
  const { passed } = await tries(60, async () => {
    limits.refuseGuessing(guessing);
    await limits.failed(guessing);
  });
  expect(passed).toBe(31);
  limits.refuseGuessing({ ...guessing, client: "another" });
  limits.refuseGuessing({ ...guessing, address: "203.0.113.8" });
  limits.succeeded(guessing);
  limits.refuseGuessing(guessing);
});

test("wrong credentials count in all replicas together", async () => {
  const [one, other] = [limitsOf(), limitsOf()];
  const guessing = { client: "app", address: "203.0.113.7" };
  await tries(40, () => one.failed(guessing));
  other.refuseGuessing(guessing);
  await other.failed(guessing);
  expect(() => other.refuseGuessing(guessing)).toThrow(Refusal);
});

test("what everybody may do together is not used up for those who are known where they are", async () => {
  const limits = limitsOf(1);
  limits.succeeded({ client: "app", address: "198.51.100.1" });
  const { passed } = await tries(100, (index) => limits.spend("CALLBACK", { address: `203.0.113.${index}` }));
  expect(passed).toBe(60);
  await limits.spend("CALLBACK", { address: "198.51.100.1" });
  await expect(limits.spend("CALLBACK", { address: "198.51.100.2" })).rejects.toThrow(Refusal);
});

test("limits can be switched off", async () => {
  const { passed } = await tries(1_000, () => limitsOf(0).spend("SIGN_IN", { address: "203.0.113.7" }));
  expect(passed).toBe(1_000);
});

test("memory is bounded: the least recently seen is dropped first", async () => {
  const limiter = memoryLimiter(1, 60, 3);
  for (const key of ["a", "b", "c", "d"]) await limiter.consume(key);
  await expect(limiter.consume("d")).rejects.toBeDefined();
  await expect(limiter.consume("b")).rejects.toBeDefined();
  await limiter.consume("a");
  const names = recent(60_000, 2);
  for (const name of ["a", "b", "c"]) names.add(name);
  expect(["a", "b", "c"].map(names.has)).toEqual([false, true, true]);
});

test("what was spent is swept when it counts no more", async () => {
  const limits = limitsOf();
  await limits.spend("SIGN_IN", { address: "203.0.113.7" });
  expect(await forgetSpent(database.sql)).toBe(0);
  await database.sql`update spent_limits set expire = 1`;
  expect(await forgetSpent(database.sql)).toBe(1);
});
