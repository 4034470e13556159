import { create } from "@bufbuild/protobuf";
import { createContextValues, createHandlerContext, type HandlerContext } from "@connectrpc/connect";
import {
  CreateLicenceRequestSchema,
  LicenceService,
} from "@tessera/contracts/tessera/project/v1/licence_service_pb.ts";
import { expect, test } from "vitest";
import { ATTEMPTS_MAX, type Attempt, command, Overtaken, type Written } from "./command.ts";
import { keyedMutex } from "./keyed-mutex.ts";

const method = LicenceService.method.createLicence;
const request = create(CreateLicenceRequestSchema, { requestId: "8d9d5f3e-0000-4000-8000-000000000001" });
const written = { name: "licences/1", revision: 1n, commitTime: new Date(0) };

function context(): HandlerContext {
  return createHandlerContext({
    service: LicenceService,
    method,
    protocolName: "test",
    requestMethod: "POST",
    url: "http://localhost/",
    contextValues: createContextValues(),
  });
}

type CreateAttempt = Attempt<(typeof method)["output"]>;

test("a try that finds others quicker is made again, and what was asked is not asked again", async () => {
  let tries = 0;
  let questions = 0;
  const run = command(method, async (_, attempt) => {
    const answers = [
      await attempt.once(async () => ++questions),
      await attempt.once(async () => ++questions),
    ];
    expect(answers).toEqual([1, 2]);
    if (++tries === 1) return undefined;
    if (tries === 2) throw new Overtaken();
    return written;
  });
  const { acknowledgement } = await run(request, context());
  expect(acknowledgement).toMatchObject({
    requestId: request.requestId,
    name: "licences/1",
    replayed: false,
  });
  expect(tries).toBe(3);
});

test("a command that others are always quicker than is refused as contended", async () => {
  let tries = 0;
  const run = command(method, async () => void tries++ as undefined);
  await expect(run(request, context())).rejects.toMatchObject({ reason: { name: "CONTENDED" } });
  expect(tries).toBe(ATTEMPTS_MAX);
});

test("a further try waits for those of other commands that were overtaken on the same thing", async () => {
  const taken = keyedMutex();
  const order: string[] = [];
  const first = Promise.withResolvers<void>();
  const run = (name: string, until: Promise<void>) => {
    let tries = 0;
    const handle = async () => {
      order.push(`${name} ${++tries}`);
      if (tries === 1) return undefined;
      await until;
      order.push(`${name} done`);
      return written;
    };
    return command(method, handle, { again: (_, retry) => taken("licences", retry) })(request, context());
  };
  const both = [run("a", first.promise), run("b", Promise.resolve())];
  await expect.poll(() => order).toContain("a 2");
  first.resolve();
  await Promise.all(both);
  expect(order).toEqual(["a 1", "b 1", "a 2", "a done", "b 2", "b done"]);
});

test("a command may have a limit of tries of its own", async () => {
  let tries = 0;
  const run = command(method, async () => void tries++ as undefined, { attemptsMax: 2 });
  await expect(run(request, context())).rejects.toMatchObject({ reason: { name: "CONTENDED" } });
  expect(tries).toBe(2);
});

test("a request that took effect is answered as it was, and its id refused for another", async () => {
  let stored: Parameters<CreateAttempt["replay"]>[0];
  let writes = 0;
  const run = command(method, async (_, attempt): Promise<Written<(typeof method)["output"]>> => {
    attempt.replay(stored);
    writes++;
    const { digest, ...row } = attempt.remember(written);
    stored = { ...row, digest, commitTime: written.commitTime };
    return written;
  });
  const first = await run(request, context());
  const again = await run(request, context());
  expect(again.acknowledgement).toMatchObject({ ...first.acknowledgement, replayed: true });
  expect(writes).toBe(1);
  const { requestId } = request;
  const other = create(CreateLicenceRequestSchema, { requestId, licence: { name: "another" } });
  await expect(run(other, context())).rejects.toMatchObject({ reason: { name: "REQUEST_ID_REUSED" } });
});

test("a refusal ends the command at once", async () => {
  let tries = 0;
  const run = command(method, async () => {
    tries++;
    throw new Error("refused");
  });
  await expect(run(request, context())).rejects.toThrow("refused");
  expect(tries).toBe(1);
});
