import { randomUUID } from "node:crypto";
import { createClient } from "@connectrpc/connect";
import { SigningKeyService } from "@tessera/contracts/tessera/auth/v1/signing_key_service_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { decodeProtectedHeader } from "jose";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { reasonOf } from "../ground/reason-of.ts";
import { type World, world } from "../ground/world.ts";
import { type TestSystem, testSystem } from "../system.ts";

const WITHIN = { timeout: 60_000, interval: 200 };
let system: TestSystem;
let ground: World;

beforeAll(async () => {
  system = await testSystem();
  ground = await world(system);
});

afterAll(() => system.stop());

const kidOf = ({ headers }: World["admin"]) =>
  decodeProtectedHeader(headers.authorization.slice("Bearer ".length)).kid as string;

test("an emergency rotation of the signing key refuses no task command of callers with a new token", async () => {
  const keys = createClient(SigningKeyService, system.connections.auth);
  const projectId = ground.projects.published;
  const lock = (taskId: number, who: World["admin"]) =>
    system.task.lockTask({ requestId: randomUUID(), projectId, taskId, purpose: LockPurpose.MAPPING }, who);
  // The services have tokens of the first key, of their own and of callers.
  const early = await system.signIn("mapper-710");
  await lock(10, early);
  const revoked = kidOf(early);

  await keys.rotateSigningKey({ requestId: randomUUID() }, ground.admin);
  let administrator = ground.admin;
  await vi.waitFor(async () => {
    administrator = await system.signIn("administrator");
    expect(kidOf(administrator)).not.toBe(revoked);
  }, WITHIN);
  const mappers = await Promise.all(
    Array.from({ length: 8 }, (_, it) => system.signIn(`mapper-${711 + it}`)),
  );
  await keys.revokeSigningKey({ requestId: randomUUID(), kid: revoked }, administrator);

  const progress = () => system.task.getProgress({ projectId }, early);
  await vi.waitFor(async () => expect(await reasonOf(progress())).toBe("TOKEN_REVOKED"), WITHIN);
  const answers = await Promise.all(mappers.map((who, it) => reasonOf(lock(20 + it, who))));
  expect(answers).toEqual(mappers.map(() => "OK"));
});
