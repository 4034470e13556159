import { createClient, type HandlerContext, type ServiceImpl } from "@connectrpc/connect";
import { PERSON_SCOPES } from "@tessera/contracts/scopes.ts";
import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { pino } from "pino";
import { afterEach, expect, test } from "vitest";
import { ANONYMOUS } from "../caller.ts";
import { type Connection, connect } from "../connect.ts";
import { type Serving, serve, served } from "../serve.ts";
import { away } from "./away.ts";

/** More calls than the limit ever lets work at once. */
const CROWD = 300;

let serving: Serving;
let connection: Connection;
afterEach(async () => {
  connection.close();
  await serving.stop();
});

/** A service that asks another one for task 1, which answers when the test says so. */
async function ground() {
  const answer = Promise.withResolvers<void>();
  const asking = { count: 0 };
  const impl = {
    getTask: async ({ taskId }: { taskId: number }, context: HandlerContext) => {
      if (taskId === 1) asking.count += 1;
      if (taskId === 1) await away(context, answer.promise);
      return { task: { taskId } };
    },
  };
  serving = await serve({
    services: [served(TaskService, impl as unknown as ServiceImpl<typeof TaskService>)],
    verify: (token) => ({ ...ANONYMOUS, userId: BigInt(token), scopes: new Set(PERSON_SCOPES) }),
    log: pino({ level: "silent" }),
    translate: () => undefined,
    ready: async () => {},
    host: "127.0.0.1",
    port: 0,
    drainMs: 0,
  });
  connection = connect(serving.address);
  const client = createClient(TaskService, connection);
  const get = async (person: number, taskId: number) => {
    const options = { headers: { authorization: `Bearer ${person}` }, timeoutMs: 30_000 };
    return (await client.getTask({ projectId: 1, taskId }, options)).task?.taskId;
  };
  return { answer, asking, get };
}

test("however many wait for another service, one who needs it not is answered", async () => {
  const { answer, asking, get } = await ground();
  const waiting = Promise.all(Array.from({ length: CROWD }, (_, index) => get(index + 1, 1)));
  await expect.poll(() => asking.count).toBe(CROWD);
  expect(await get(CROWD + 1, 2)).toBe(2);
  answer.resolve();
  expect(await waiting).toEqual(Array.from({ length: CROWD }, () => 1));
});
