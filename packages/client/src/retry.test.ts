import { create } from "@bufbuild/protobuf";
import { Code, ConnectError, type Transport } from "@connectrpc/connect";
import { SERVICES } from "@tessera/contracts/catalogue.ts";
import { ErrorInfoSchema, RetryInfoSchema } from "@tessera/contracts/google/rpc/error_details_pb.ts";
import { allReasons } from "@tessera/contracts/reason-facts.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { expect, test, vi } from "vitest";
import { createClient, Reason, RefusedError, session, UnknownOutcomeError } from "./index.ts";

const LOCK = { projectId: 1, taskId: 1, purpose: LockPurpose.MAPPING };
const LONG_SECONDS = 3_600;

/** A transport that throws these errors in turn, then answers; and the request ids that it was sent. */
function failing(...errors: ConnectError[]) {
  const sent: unknown[] = [];
  const transport = {
    unary: async (
      method: { output: never },
      _signal: unknown,
      _timeout: unknown,
      _header: unknown,
      input: object,
    ) => {
      sent.push((input as { requestId: string }).requestId);
      const error = errors.shift();
      if (error) throw error;
      return { message: create(method.output) };
    },
  } as unknown as Transport;
  return { client: createClient({ transport }), sent, transport };
}

function refusal(reason: string, retrySeconds?: number): ConnectError {
  const error = new ConnectError("no", Code.ResourceExhausted);
  error.details.push({ desc: ErrorInfoSchema, value: { reason, domain: "rpc.tessera", metadata: {} } });
  if (retrySeconds !== undefined) {
    const retryDelay = { seconds: BigInt(retrySeconds), nanos: 0 };
    error.details.push({ desc: RetryInfoSchema, value: { retryDelay } });
  }
  return error;
}

const broken = (headers = {}) => new ConnectError("broken", Code.Unavailable, headers);

test("a command keeps its request id over all its tries, and each command has another", async () => {
  const { client, sent } = failing(broken(), refusal(Reason.OVERLOADED, 0), refusal(Reason.CONTENDED));
  await client.lockTask(LOCK);
  await client.lockTask(LOCK);
  expect(sent).toHaveLength(5);
  expect(new Set(sent.slice(0, 4)).size).toBe(1);
  expect(sent[4]).not.toBe(sent[0]);
});

test.each([
  ["a refusal that is a decision", refusal(Reason.TASK_LOCKED), RefusedError],
  [
    "a refusal that names a wait beyond the deadline",
    refusal(Reason.RATE_LIMITED, LONG_SECONDS),
    RefusedError,
  ],
  ["a proxy that names one", broken({ "retry-after": String(LONG_SECONDS) }), UnknownOutcomeError],
  [
    "an error that another try does not pass",
    new ConnectError("no", Code.Unimplemented),
    UnknownOutcomeError,
  ],
])("%s is not tried again", async (_, error, type) => {
  const { client, sent } = failing(error);
  await expect(client.lockTask(LOCK)).rejects.toBeInstanceOf(type);
  expect(sent).toHaveLength(1);
});

test("what the store of a session throws reaches the caller as it is, and is not tried again", async () => {
  const { sent, transport } = failing();
  const load = vi.fn(() => {
    throw new Error("the disk is full");
  });
  const tokens = { accessToken: "a", refreshToken: "b", expireTime: "2020-01-01T00:00:00Z" };
  const client = createClient({ transport, credentials: session(tokens, { load, save: () => {} }) });
  await expect(client.lockTask(LOCK)).rejects.toThrow(/^the disk is full$/);
  expect(load).toHaveBeenCalledOnce();
  expect(sent).toEqual([]);
});

test("after a lost answer, a refusal that is checked before the request id says nothing of the outcome", async () => {
  const { client } = failing(broken(), refusal(Reason.USER_BLOCKED));
  await expect(client.lockTask(LOCK)).rejects.toBeInstanceOf(UnknownOutcomeError);
});

test("the client has every RPC and every reason of the contracts", () => {
  const { client } = failing();
  const methods = SERVICES.flatMap((service) => service.methods);
  expect(methods.filter(({ localName }) => !(localName in client))).toEqual([]);
  expect(new Set(methods.map(({ localName }) => localName)).size).toBe(methods.length);
  const lists = methods.filter(
    ({ input, output }) => "pageToken" in input.field && "nextPageToken" in output.field,
  );
  expect(Object.keys(client.pages).sort()).toEqual(lists.map(({ localName }) => localName).sort());
  expect(Object.keys(Reason).sort()).toEqual(
    allReasons()
      .map(({ name }) => name)
      .sort(),
  );
});
