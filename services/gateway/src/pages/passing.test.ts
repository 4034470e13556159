import { once } from "node:events";
import {
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import { SERVICES } from "@tessera/contracts/catalogue.ts";
import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { afterEach, expect, test } from "vitest";
import { QUOTAS } from "../rate-limits.ts";
import { type TestGateway, type TestOptions, testGateway } from "../testing/gateway.ts";
import { type Served, served } from "../testing/served.ts";
import { type Pages, pages } from "./pages.ts";

const MIB = 1024 * 1024;
const FILE = { accept: "text/html", "content-type": "multipart/form-data; boundary=x" };
const PAGE = { headers: { accept: "text/html" } };

let behind: Served;
let shown: Pages;
let gateway: TestGateway;
/** Ends what a test has begun. */
const begun: ClientRequest[] = [];

afterEach(async () => {
  for (const it of begun.splice(0)) it.destroy();
  shown.stop();
  behind.stop();
  await gateway.stop();
});

async function start(
  listener: (request: IncomingMessage, response: ServerResponse) => void,
  options: TestOptions & { silenceMaxMs?: number } = {},
): Promise<void> {
  behind = await served(listener);
  shown = pages(SERVICES, behind.address, options.silenceMaxMs);
  gateway = await testGateway(
    (router) =>
      router.service(ProjectService, { getProject: () => ({ project: { projectId: 7, revision: 3n } }) }),
    { ...options, pages: shown },
  );
}

function send(method: string, path: string, headers: Record<string, string>): ClientRequest {
  const { hostname, port } = new URL(gateway.url);
  const sent = httpRequest({ hostname, port, method, path, headers, agent: false });
  sent.on("error", () => {});
  begun.push(sent);
  return sent;
}

async function answerOf(sent: ClientRequest): Promise<IncomingMessage> {
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  return answer;
}

/** The reason that the page of a problem explains. */
const reasonIn = (page: string) => /href="\/problems\/([a-z-]+)"/.exec(page)?.[1];

async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

test("a form with a file goes through as it comes: the first half is there before the second is sent", async () => {
  let bytes = 0;
  await start(async (request, response) => {
    for await (const chunk of request as AsyncIterable<Buffer>) bytes += chunk.length;
    response.writeHead(303, { location: "/v1/projects/8" }).end();
  });
  const half = Buffer.alloc(5 * MIB, "a");
  const sent = send("POST", "/v1/projects", { ...FILE, "content-length": String(2 * half.length) });
  sent.write(half);
  await expect.poll(() => bytes).toBe(half.length);
  const answered = answerOf(sent);
  sent.end(half);
  const { statusCode, headers } = await answered;
  expect([statusCode, headers.location, bytes]).toEqual([303, "/v1/projects/8", 10 * MIB]);
});

test("a form that is too large is refused, with a file before anything of it is sent if its length is known", async () => {
  const received: string[] = [];
  const ended: boolean[] = [];
  await start((request) => {
    received.push(request.url as string);
    request.resume().on("close", () => ended.push(request.complete));
  });
  const tooLong = send("POST", "/v1/projects", { ...FILE, "content-length": String(66 * MIB) });
  tooLong.flushHeaders();
  const file = await answerOf(tooLong);
  expect([file.statusCode, reasonIn(await textOf(file))]).toEqual([413, "body-too-large"]);
  const form = await gateway.ask("POST", "/v1/projects", {
    headers: { accept: "text/html", "content-type": "application/x-www-form-urlencoded" },
    body: "x".repeat(MIB + 1),
  });
  expect([form.status, reasonIn(form.text)]).toEqual([413, "body-too-large"]);
  expect(received).toEqual([]);
  // One whose length nobody says is cut off on its way.
  const sent = send("POST", "/console/new", FILE);
  const answered = answerOf(sent);
  const part = Buffer.alloc(MIB, "a");
  // Its sender stops at the answer, as the connection ends soon after it.
  let isAnswered = false;
  void answered.then(() => {
    isAnswered = true;
  });
  for (let at = 0; at < 66 && !isAnswered; at++)
    if (!sent.write(part)) await Promise.race([once(sent, "drain"), answered]);
  expect((await answered).statusCode).toBe(413);
  await expect.poll(() => ended).toEqual([false]);
});

test("a body in a content coding is refused", async () => {
  await start((_, response) => response.end());
  const headers = { ...FILE, "content-encoding": "gzip" };
  const { status, text } = await gateway.ask("POST", "/v1/projects", { headers, body: "x" });
  expect([status, reasonIn(text)]).toEqual([415, "unsupported-media-type"]);
});

test("an answer that comes before the whole form ends it", async () => {
  await start((_, response) => response.writeHead(403, { "content-type": "text/html" }).end("No"));
  const sent = send("POST", "/v1/projects", { ...FILE, "content-length": String(20 * MIB) });
  sent.write("a");
  const answer = await answerOf(sent);
  expect([answer.statusCode, await textOf(answer)]).toEqual([403, "No"]);
});

test("a client that leaves ends the call, while it sends and while it reads", async () => {
  let ended = 0;
  let begins = 0;
  await start((request, response) => {
    begins += 1;
    request.resume();
    response.on("close", () => {
      ended += 1;
    });
    if (request.method === "GET") response.writeHead(200, { "content-type": "text/html" }).write("a");
  });
  const sending = send("POST", "/v1/projects", { ...FILE, "content-length": "1000" });
  sending.write("a");
  await expect.poll(() => begins).toBe(1);
  sending.destroy();
  await expect.poll(() => ended).toBe(1);
  const reading = send("GET", "/v1/projects/7", { accept: "text/html" });
  reading.end();
  await answerOf(reading);
  reading.destroy();
  await expect.poll(() => ended).toBe(2);
  await expect.poll(() => gateway.lines.map((it) => it.status)).toEqual([499, 499]);
});

test("while the console is away pages are 503 with Retry-After, and documents are there", async () => {
  await start((_, response) => response.socket?.destroy());
  const cut = await gateway.ask("GET", "/v1/projects/7", PAGE);
  expect([cut.status, Number(cut.headers["retry-after"]) > 0]).toEqual([503, true]);
  expect(cut.text).toContain("A part of the system cannot be reached");
  expect(cut.headers.vary).toContain("Accept");
  behind.stop();
  const away = await gateway.ask("GET", "/", PAGE);
  expect([away.status, away.headers["content-type"]]).toEqual([503, "text/html; charset=utf-8"]);
  expect((await gateway.ask("GET", "/v1/projects/7")).json.project_id).toBe(7);
});

test("a console that says nothing is given up", async () => {
  await start(() => {}, { silenceMaxMs: 20 });
  expect((await gateway.ask("GET", "/v1/projects/7", PAGE)).status).toBe(503);
});

test("an answer that breaks off is no whole answer", async () => {
  await start((_, response) => {
    response.writeHead(200, { "content-type": "text/html", "content-length": "10" });
    response.write("a", () => response.socket?.destroy());
  });
  await expect(gateway.ask("GET", "/v1/projects/7", PAGE)).rejects.toThrow();
});

test("a page that asks again on a connection that was closed meanwhile gets its answer", async () => {
  let asked = 0;
  await start((request, response) => {
    asked += 1;
    // The second request is read and dropped with its connection, as one that had been closed already.
    if (asked === 2) return void request.socket.resetAndDestroy();
    response.end("a");
  });
  const texts = [];
  for (let at = 0; at < 2; at++) texts.push((await gateway.ask("GET", "/v1/projects/7", PAGE)).text);
  expect([texts, asked]).toEqual([["a", "a"], 3]);
});

test("a live page goes through event by event, is no request under way, and ends with the gateway", async () => {
  let stream: ServerResponse | undefined;
  let lastId: string | undefined;
  await start(
    (request, response) => {
      if (request.url !== "/console/live") return void response.end("a");
      stream = response.writeHead(200, { "content-type": "text/event-stream" });
      lastId = request.headers["last-event-id"]?.toString();
      stream.flushHeaders();
    },
    { limits: { requestsMax: 1 } },
  );
  const live = send("GET", "/console/live", { accept: "text/event-stream", "last-event-id": "7" });
  live.end();
  const answer = await answerOf(live);
  expect([answer.statusCode, lastId]).toEqual([200, "7"]);
  for (const text of ["data: 1\n\n", "data: 2\n\n"]) {
    const came = once(answer, "data");
    stream?.write(text);
    expect((await came).toString()).toBe(text);
  }
  expect((await gateway.ask("GET", "/v1/projects/7", PAGE)).status).toBe(200);
  const ended = once(answer, "end");
  answer.resume();
  await gateway.stop();
  await ended;
  await expect.poll(() => stream?.destroyed).toBe(true);
});

test("pages count as reads and writes of their address, what they are made of does not", async () => {
  const quotas = { ...QUOTAS, address: { reads: 2, writes: 1, exports: 1 } };
  await start((_, response) => response.end("a"), { limits: { quotas } });
  const page = () => gateway.ask("GET", "/v1/projects/7", PAGE);
  for (let at = 0; at < 5; at++)
    expect((await gateway.ask("GET", "/console/assets/a.css")).headers.ratelimit).toBeUndefined();
  expect((await page()).headers.ratelimit).toMatch(/^"address-reads";r=1;/);
  expect((await gateway.ask("GET", "/v1/projects/7")).headers.ratelimit).toMatch(/^"address-reads";r=0;/);
  const refused = await page();
  expect([refused.status, reasonIn(refused.text)]).toEqual([429, "rate-limited"]);
  const form = {
    headers: { accept: "text/html", "content-type": "application/x-www-form-urlencoded" },
    body: "a",
  };
  expect((await gateway.ask("POST", "/v1/projects", form)).headers.ratelimit).toMatch(
    /^"address-writes";r=0;/,
  );
  expect((await gateway.ask("POST", "/console/session", form)).status).toBe(429);
});

test("what may be read by some origins varies by Origin as well as by Accept", async () => {
  await start((_, response) => response.end("a"), { corsOrigins: ["https://map.example.org"] });
  for (const accept of ["*/*", "text/html"]) {
    const { headers } = await gateway.ask("GET", "/v1/projects/7", { headers: { accept } });
    expect(headers.vary?.split(", ")).toEqual(expect.arrayContaining(["Origin", "Accept"]));
  }
});
