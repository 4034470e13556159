import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { brotliDecompressSync, constants, gunzipSync, zstdDecompressSync } from "node:zlib";
import { TokenService } from "@tessera/contracts/tessera/auth/v1/token_service_pb.ts";
import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import { TaskEventService } from "@tessera/contracts/tessera/task/v1/task_event_service_pb.ts";
import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TestGateway, testGateway } from "../testing/gateway.ts";
import { compressedStreamCount } from "./coded-stream.ts";

const DECODE = { zstd: zstdDecompressSync, br: brotliDecompressSync, gzip: gunzipSync };
const CODINGS = Object.keys(DECODE) as (keyof typeof DECODE)[];
const AREA = { coordinates: [0, 0, 1, 0, 1, 1, 0, 0], ringLengths: [4], polygonLengths: [1] };
const FIRST = 300;
const LIST = "/v1/projects/7/tasks";
const LOCKS = "/v1/projects/7/locks?f=csv";
const LARGE = "/v1/projects/7";
const SMALL = "/v1/projects/8";
const LONG = "a text that repeats ".repeat(200);

let gateway: TestGateway;
/** Called when a stream may continue. */
let proceed = Promise.withResolvers<void>();
let version = 1;

const tasks = (from: number) =>
  Array.from({ length: FIRST }, (_, at) => ({ projectId: 7, taskId: from + at, area: AREA }));

beforeAll(async () => {
  gateway = await testGateway((router) => {
    router.service(TaskService, {
      listTasks: ({ knownEtag }) =>
        knownEtag === `v${version}`
          ? { etag: knownEtag, unchanged: true }
          : { etag: `v${version}`, tasks: tasks(1) },
      streamTasks: async function* ({ filter }) {
        // Kept lists are of the other test.
        yield { etag: filter === undefined ? "" : "s1", tasks: tasks(1) };
        await proceed.promise;
        yield { tasks: tasks(1 + FIRST) };
      },
    });
    router.service(TokenService, { issueStreamTicket: () => ({ ticket: LONG }) });
    router.service(ProjectService, {
      getProject: ({ projectId }) => ({
        project: { projectId, revision: 7n, instructions: projectId === 7 ? LONG : "" },
      }),
      transferProject: () => ({ acknowledgement: { name: "projects/7", revision: 7n } }),
    });
    router.service(LockService, {
      listLocks: () => ({ locks: tasks(1).map(({ projectId, taskId }) => ({ projectId, taskId })) }),
    });
    router.service(TaskEventService, {
      watchTaskEvents: async function* (_, { signal }) {
        yield { position: "p1" };
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
      },
    });
  });
});
afterAll(() => gateway.stop());

interface Got {
  status: number;
  headers: IncomingHttpHeaders;
  bytes: Buffer;
}

/** Sends a request and reads its answer as it comes over the wire. */
function get(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Got> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(gateway.url);
    const sent = httpRequest({ hostname, port, path, method, headers, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", reject);
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes: Buffer.concat(parts) }),
      );
    });
    sent.on("error", reject);
    sent.end();
  });
}

describe.each(CODINGS)("in %s", (coding) => {
  const accept = { "accept-encoding": coding };
  const decoded = ({ bytes }: Got) => DECODE[coding](bytes).toString();

  test.each([LARGE, LIST, LOCKS, "/problems"])(
    "%s is the same as without, and has a tag of its own",
    async (path) => {
      const [plain, first, again] = [await get(path), await get(path, accept), await get(path, accept)];
      expect(plain.headers).not.toHaveProperty("content-encoding");
      expect(plain.headers.vary).toMatch(/(^|, )Accept-Encoding$/);
      for (const it of [first, again]) {
        expect(decoded(it)).toBe(plain.bytes.toString());
        expect(it.bytes.length).toBeLessThan(plain.bytes.length / 2);
        expect(it.headers).toMatchObject({
          "content-encoding": coding,
          "content-length": String(it.bytes.length),
          "content-type": plain.headers["content-type"],
          vary: plain.headers.vary,
        });
        expect(it.headers.etag).toBe(plain.headers.etag?.replace(/"$/, `-${coding}"`));
      }
      const head = await get(path, accept, "HEAD");
      expect(head.bytes).toHaveLength(0);
      const { date: _, "request-id": __, ratelimit: ___, ...same } = first.headers;
      expect(head.headers).toMatchObject(same);
    },
  );

  test.each([LARGE, LIST])("%s is not sent again to who has it, whichever copy that is", async (path) => {
    const { etag = "" } = (await get(path)).headers;
    const own = (await get(path, accept)).headers.etag as string;
    expect(own).not.toBe(etag);
    for (const known of [own, `W/${own}`]) {
      const { status, headers } = await get(path, { ...accept, "if-none-match": known });
      expect([status, headers.etag, headers["content-encoding"]]).toEqual([304, own, undefined]);
      expect(headers.vary).toMatch(/Accept-Encoding$/);
    }
    for (const known of [etag, `W/${etag}`, "*"]) {
      const { status, headers } = await get(path, { ...accept, "if-none-match": known });
      expect([status, headers.etag]).toEqual([304, etag]);
    }
    expect((await get(path, { "if-none-match": own })).status).toBe(304);
  });

  test.each(["ndjson", "geojson"])("a stream as %s comes part by part", async (form) => {
    proceed = Promise.withResolvers();
    const plain = get(`${LIST}?f=${form}`);
    const { hostname, port } = new URL(gateway.url);
    const path = `${LIST}?f=${form}`;
    const response = await new Promise<NodeJS.ReadableStream & { headers: IncomingHttpHeaders }>((resolve) =>
      httpRequest({ hostname, port, path, headers: accept, agent: false }, resolve).end(),
    );
    expect(response.headers["content-encoding"]).toBe(coding);
    const parts: Buffer[] = [];
    for await (const part of response) {
      parts.push(part as Buffer);
      // The first message can be read before there is another.
      const text = soFar(coding, parts);
      if (text.includes(`"task_id":${FIRST}`)) proceed.resolve();
    }
    expect(DECODE[coding](Buffer.concat(parts)).toString()).toBe((await plain).bytes.toString());
    await expect.poll(compressedStreamCount).toBe(0);
  });

  test("a client that leaves a stream leaves no compressor", async () => {
    proceed = Promise.withResolvers();
    const left = new AbortController();
    const headers = { ...accept, accept: "application/x-ndjson" };
    const response = await fetch(`${gateway.url}/v1/projects/7/task-events`, {
      headers,
      signal: left.signal,
    });
    expect(response.headers.get("content-encoding")).toBe(coding);
    await expect.poll(compressedStreamCount).toBe(1);
    left.abort();
    await expect.poll(compressedStreamCount).toBe(0);
  });
});

test("an answer with a secret is sent as it is, also where it is no command's", async () => {
  const { status, headers, json } = await gateway.ask("POST", "/v1/stream-tickets", {
    body: { path: "/v1/task-events" },
    headers: { "accept-encoding": "gzip" },
  });
  expect([status, json?.ticket.length, headers["content-encoding"]]).toEqual([200, LONG.length, undefined]);
});

test("small answers, events, answers of commands and parts of answers are sent as they are", async () => {
  const accept = { "accept-encoding": "gzip, deflate, br, zstd" };
  expect((await get(SMALL, accept)).headers).not.toHaveProperty("content-encoding");
  const changed = await get("/v1/projects/7/owner", { ...accept, "if-match": `"7"` }, "PUT");
  expect([changed.status, changed.bytes.length > 1_024]).toEqual([200, true]);
  expect(changed.headers).not.toHaveProperty("content-encoding");
  expect(changed.headers.vary).toBe("Prefer, Authorization");
  expect((await get(LARGE, { ...accept, range: "bytes=0-9" })).headers).not.toHaveProperty(
    "content-encoding",
  );
  const events = await fetch(`${gateway.url}/v1/projects/7/task-events?f=sse`, { headers: accept });
  expect(events.headers.get("content-encoding")).toBeNull();
  await events.body?.cancel();
});

test("a small answer is compressed for a client that takes no other", async () => {
  const { headers, bytes } = await get(SMALL, { "accept-encoding": "gzip, identity;q=0" });
  expect(headers["content-encoding"]).toBe("gzip");
  expect(JSON.parse(gunzipSync(bytes).toString())).toMatchObject({ project_id: 8 });
  const { status, bytes: problem } = await get(SMALL, { "accept-encoding": "*;q=0" });
  expect([status, JSON.parse(problem.toString()).reason]).toEqual([406, "NOT_ACCEPTABLE"]);
});

test("a list that has changed is not the compressed one that was kept", async () => {
  const accept = { "accept-encoding": "gzip" };
  const before = await get(LIST, accept);
  version += 1;
  const after = await get(LIST, accept);
  expect(after.headers.etag).not.toBe(before.headers.etag);
  expect((await get(LIST, accept)).headers.etag).toBe(after.headers.etag);
});

/** What a client can read of the parts that have come. */
function soFar(coding: keyof typeof DECODE, parts: readonly Buffer[]): string {
  const finishFlush = {
    zstd: constants.ZSTD_e_flush,
    br: constants.BROTLI_OPERATION_FLUSH,
    gzip: constants.Z_SYNC_FLUSH,
  }[coding];
  return DECODE[coding](Buffer.concat(parts), { finishFlush }).toString();
}
