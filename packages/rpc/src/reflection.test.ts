import "reflect-metadata";
import { Client, credentials } from "@grpc/grpc-js";
import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ANONYMOUS } from "./caller.ts";
import { type Serving, serve, served } from "./serve.ts";

let serving: Serving;
let client: Client;

beforeAll(async () => {
  serving = await serve({
    services: [served(TaskService, {} as never)],
    verify: () => ANONYMOUS,
    log: pino({ level: "silent" }),
    translate: () => undefined,
    ready: async () => {},
    host: "127.0.0.1",
    port: 0,
    drainMs: 0,
  });
  client = new Client(serving.address, credentials.createInsecure());
});

afterAll(async () => {
  client.close();
  await serving.stop();
});

/** Fields of ServerReflectionRequest, as tags of its binary form. */
const LIST_SERVICES = 0x3a;
const FILE_CONTAINING_SYMBOL = 0x22;

describe.each(["v1", "v1alpha"])("reflection %s", (version) => {
  function ask(field: number, text: string): Promise<string> {
    const path = `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`;
    const plain = (bytes: Buffer) => bytes;
    const stream = client.makeBidiStreamRequest(path, plain, plain);
    return new Promise((resolve, reject) => {
      stream.on("data", (bytes: Buffer) => resolve(bytes.toString("latin1"))).on("error", reject);
      stream.write(Buffer.concat([Buffer.from([field, text.length]), Buffer.from(text)]));
      stream.end();
    });
  }

  test("lists the service and health", async () => {
    const listed = await ask(LIST_SERVICES, "");
    expect(listed).toContain("tessera.task.v1.TaskService");
    expect(listed).toContain("grpc.health.v1.Health");
  });

  test.each(["tessera.task.v1.TaskService", "grpc.health.v1.Health"])("describes %s", async (name) => {
    const described = await ask(FILE_CONTAINING_SYMBOL, name);
    expect(described).toContain(name.split(".").slice(0, -1).join("."));
    expect(described).toMatch(/\.proto/);
    expect(described).not.toContain("not found");
  });

  test("names the entries of health's map as descriptors do", async () => {
    expect(await ask(FILE_CONTAINING_SYMBOL, "grpc.health.v1.Health")).toContain(
      ".grpc.health.v1.HealthListResponse.StatusesEntry",
    );
  });
});
