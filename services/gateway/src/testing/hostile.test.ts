import { connect as connectSocket } from "node:net";
import { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { raw, type TestGateway, testGateway } from "./gateway.ts";

let gateway: TestGateway;
const names: string[] = [];

beforeAll(async () => {
  gateway = await testGateway((router) => {
    router.service(AuthService, {
      createSession: ({ name }) => {
        names.push(name);
        return { acknowledgement: { name: "sessions/s", revision: 1n } };
      },
      getSession: ({ sessionId }) => {
        names.push(sessionId);
        return { session: { sessionId } };
      },
    });
    router.service(TaskService, { getTask: () => ({ task: { taskId: 1 } }) });
  });
});
afterAll(() => gateway.stop());
afterEach(() => {
  expect(gateway.lines.filter((it) => it.level === "error" || Number(it.status) >= 500)).toEqual([]);
});

function head(text: string) {
  const [top = "", body = ""] = text.split("\r\n\r\n");
  return { status: Number(top.split(" ")[1]), top, json: body === "" ? undefined : JSON.parse(body) };
}

const POST = "POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";

describe("a body", () => {
  test("of 10 MB is refused by its length, and the connection stays open", async () => {
    const text = await raw(
      gateway.url,
      `${POST}Content-Length: 10000000\r\n\r\n`,
      Buffer.alloc(10_000_000, " "),
      `${POST}Connection: close\r\nContent-Length: 15\r\n\r\n{"name":"next"}`,
    );
    expect(text).toMatch(/^HTTP\/1\.1 413/);
    expect(text).toContain('"limit_bytes":"1048576"');
    expect(text.match(/HTTP\/1\.1 \d+/g)?.length).toBe(2);
  });

  test("of 10 MB in chunks is refused as soon as it is too long", async () => {
    const chunk = Buffer.concat([Buffer.from("186a0\r\n"), Buffer.alloc(100_000, " "), Buffer.from("\r\n")]);
    const text = await raw(
      gateway.url,
      `${POST}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n`,
      ...Array(100).fill(chunk),
      "0\r\n\r\n",
    );
    expect(head(text).json).toMatchObject({ status: 413, reason: "BODY_TOO_LARGE" });
  });

  test("is not requested when it is too large and its sender expects 100-continue", async () => {
    const text = await raw(
      gateway.url,
      `${POST}Connection: close\r\nExpect: 100-continue\r\nContent-Length: 10000000\r\n\r\n`,
    );
    expect(text).toMatch(/^HTTP\/1\.1 413/);
    const asked = await raw(
      gateway.url,
      `${POST}Connection: close\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n`,
      "{}",
    );
    expect(asked).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 201/);
  });

  test("that never ends is refused after a while", async () => {
    const { hostname, port } = new URL(gateway.url);
    const socket = connectSocket(Number(port), hostname);
    socket.write(`${POST}Transfer-Encoding: chunked\r\n\r\n`);
    const drip = setInterval(() => socket.write("1\r\n \r\n"), 50);
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.on("error", () => {});
    await new Promise((resolve) => socket.once("close", resolve));
    clearInterval(drip);
    expect(head(text).json).toMatchObject({ status: 408, reason: "BODY_TOO_SLOW", retryable: true });
  });

  test("that breaks off is nobody's fault", async () => {
    const before = gateway.lines.length;
    const { hostname, port } = new URL(gateway.url);
    const socket = connectSocket(Number(port), hostname);
    socket.write(`${POST}Content-Length: 100\r\n\r\n{`, () => setTimeout(() => socket.destroy(), 50));
    await expect.poll(() => gateway.lines[before]).toMatchObject({ status: 499 });
  });

  test("in bad chunks is malformed", async () => {
    const text = await raw(gateway.url, `${POST}Transfer-Encoding: chunked\r\n\r\nzz\r\n`);
    expect(head(text)).toMatchObject({ status: 400, json: { type: "about:blank", status: 400 } });
  });

  test.each([
    ["JSON 10,000 deep", `${'{"name":'.repeat(10_000)}1${"}".repeat(10_000)}`],
    ["invalid UTF-8", Uint8Array.from([0x7b, 0x22, 0xff, 0x22, 0x7d])],
    ["a UTF-16 body", Buffer.from('{"name":"x"}', "utf16le")],
    ["a name twice", '{"name":"a","name":"b"}'],
    ["NUL bytes", "{}\0"],
    ["two values", "{} {}"],
    ["comments", "{} // x"],
  ])("with %s is malformed", async (_, body) => {
    const { json } = await gateway.ask("POST", "/v1/sessions", { body });
    expect(json).toMatchObject({ status: 400, reason: "BODY_MALFORMED" });
  });

  test.each([
    '{"__proto__":{"x":1}}',
    '{"constructor":{"prototype":{"x":1}}}',
    '{"toString":1}',
    '{"$typeName":"x"}',
    '{"$unknown":[]}',
    '{"name":{"__proto__":null}}',
    '{"[google.api.http]":1}',
  ])("%s is refused by name, and pollutes nothing", async (body) => {
    const { json } = await gateway.ask("POST", "/v1/sessions", { body });
    expect(json).toMatchObject({ status: 422, reason: "FIELD_UNREADABLE" });
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  test("may hold any string: what a name may be is a rule of the contract", async () => {
    const { status } = await gateway.ask("POST", "/v1/sessions", { body: { name: "a\u0000b\u2028" } });
    expect([status, names.at(-1)]).toEqual([201, "a\u0000b\u2028"]);
  });
});

describe("a path", () => {
  test.each([
    ["/v1/sessions/a%2Fb", "a/b"],
    ["/v1/sessions/%2e%2e", ".."],
    ["/v1/sessions/..", ".."],
    ["/v1/sessions/a%00b", "a\0b"],
    ["/v1/sessions/__proto__", "__proto__"],
    ["/v1/sessions/%25252F", "%252F"],
    ["/v1/sessions/a;b=c,d", "a;b=c,d"],
    ["/v1/sessions/%F0%9F%97%BA", "🗺"],
    ["http://elsewhere.example/v1/sessions/absolute", "absolute"],
  ])("%s means %j", async (path, name) => {
    const { status } = await gateway.ask("GET", path);
    expect([status, names.pop()]).toEqual([200, name]);
  });

  test.each([
    ["/v1/sessions/%ff", 400],
    ["/v1/sessions/%", 400],
    ["/v1/sessions/%ED%A0%80", 400],
    ["/v1/sessions/a/b", 404],
    ["/v1/../v1/sessions/a", 404],
    ["//v1/sessions/a", 404],
    ["/v1/sessions/a/", 404],
    ["/v1/projects/7/tasks/99999999999999999999", 400],
    ["/v1/projects/7%00/tasks/1", 400],
    [`/${"a/".repeat(7_000)}`, 404],
    ["*", 404],
    ["http:///nowhere", 404],
    ["nonsense", 400],
  ])("%s is answered %i", async (path, expected) => {
    const { status, json } = await gateway.ask("GET", path);
    expect([status, json.status]).toEqual([expected, expected]);
  });
});

describe("a request that cannot be read", () => {
  test.each([
    [
      "with a header of 1 MB",
      `GET /v1/projects HTTP/1.1\r\nHost: x\r\nX: ${"x".repeat(1_000_000)}\r\n\r\n`,
      431,
    ],
    ["with a path of 1 MB", `GET /${"x".repeat(1_000_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
    ["of another protocol", "\x16\x03\x01\x02\x00\x01\x00", 400],
    ["with a header that is none", "GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n", 400],
    ["with two lengths", `${POST}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`, 400],
    [
      "with a length and chunks",
      `${POST}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
    ],
    ["with NUL in a header", "GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n", 400],
    ["that wants a tunnel", "CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n", 405],
  ])("%s is a problem document all the same", async (_, request, status) => {
    const answer = head(await raw(gateway.url, request));
    expect(answer).toMatchObject({ status, json: { type: "about:blank", status } });
    expect(answer.top).toContain("application/problem+json");
  });

  test("without a version is malformed", async () => {
    expect(head(await raw(gateway.url, "GET /\r\n\r\n")).status).toBe(400);
  });

  test("without a host is malformed", async () => {
    const text = await raw(gateway.url, "GET /v1/projects HTTP/1.1\r\nConnection: close\r\n\r\n");
    expect(head(text).json).toMatchObject({ status: 400, errors: [{ header: "Host" }] });
  });

  test("of which nothing comes is given up", async () => {
    const text = await raw(gateway.url, "GET /v1/projects HTTP/1.1\r\nHost:");
    expect(head(text)).toMatchObject({ status: 408 });
  });

  test("with an expectation that nobody knows is answered as any other", async () => {
    const text = await raw(
      gateway.url,
      "GET /v1/sessions/x HTTP/1.1\r\nHost: x\r\nExpect: magic\r\nConnection: close\r\n\r\n",
    );
    expect(head(text)).toMatchObject({ status: 200 });
  });

  test("does not take the place of an answer that is on its way", async () => {
    const text = await raw(gateway.url, "GET /v1/sessions/x HTTP/1.1\r\nHost: x\r\n\r\nnonsense\r\n\r\n");
    expect(text.match(/HTTP\/1\.1 \d+/g) ?? []).not.toContain("HTTP/1.1 500");
  });
});
