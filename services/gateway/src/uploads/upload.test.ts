import { request as httpRequest } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { createClient, type HandlerContext } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import {
  AreaService,
  type CreateAreaUploadRequest,
} from "@tessera/contracts/tessera/project/v1/area_service_pb.ts";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/project/v1/reason_pb.ts";
import { refusals } from "@tessera/rpc/refusal.ts";
import { refusalToError } from "@tessera/rpc/refusal-wire.ts";
import { afterEach, expect, test } from "vitest";
import { ask, raw, type TestGateway, testGateway } from "../testing/gateway.ts";

const PATH = "/v1/area-uploads";
const GEOJSON = { "content-type": "application/geo+json" };
const refuse = refusals(ReasonSchema);

let gateway: TestGateway;
afterEach(() => gateway.stop());

type Handler = (messages: AsyncIterable<CreateAreaUploadRequest>, context: HandlerContext) => Promise<object>;

/** A sender that is slow because the machine is busy is not a silent one, unless a test is about that. */
const PATIENT_MS = 60_000;

async function serve(createAreaUpload: Handler, bodyTimeoutMs = PATIENT_MS): Promise<void> {
  const routes: Parameters<typeof testGateway>[0] = (router) => {
    router.service(AreaService, {
      createAreaUpload,
      getAreaUpload: () => ({ areaUpload: { areaUploadId: 7n, revision: 1n } }),
    });
  };
  gateway = await testGateway(routes, { limits: { bodyTimeoutMs, requestTimeoutMs: 2 * PATIENT_MS } });
}

/** Reads everything, and returns it. */
function taking() {
  const got = { first: undefined as CreateAreaUploadRequest | undefined, bytes: Buffer.alloc(0), largest: 0 };
  const handler: Handler = async (messages) => {
    const parts: Uint8Array[] = [];
    for await (const message of messages) {
      got.first ??= message;
      got.largest = Math.max(got.largest, message.chunk.length);
      parts.push(message.chunk);
    }
    got.bytes = Buffer.concat(parts);
    return {
      acknowledgement: { requestId: got.first?.requestId ?? "", name: "area-uploads/7", revision: 1n },
    };
  };
  return { got, handler };
}

test("a body is passed on in order, in chunks, with its name, its type and the key", async () => {
  const { got, handler } = taking();
  await serve(handler);
  const body = Buffer.from(Array.from({ length: 1_500_000 }, (_, i) => i % 251));
  const answer = await gateway.ask("POST", PATH, {
    body,
    headers: {
      "content-type": "application/octet-stream",
      "content-disposition": 'attachment; filename="a\\"b.kml"',
      "idempotency-key": '"k1"',
    },
  });
  expect(answer).toMatchObject({ status: 201, headers: { location: "/v1/area-uploads/7" } });
  expect(answer.json).toMatchObject({ area_upload_id: "7" });
  expect(got.first).toMatchObject({
    requestId: "k1",
    fileName: 'a"b.kml',
    mediaType: "application/octet-stream",
  });
  expect(got.bytes.equals(body)).toBe(true);
  expect(got.largest).toBeLessThanOrEqual(64 * 1024);
});

const form = (...parts: string[]) =>
  [...parts.flatMap((it) => ["--x", it]), "--x--", ""].join("\r\n").replaceAll("\n\n", "\r\n\r\n");
const filePart = (name: string, content: string) =>
  `Content-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: application/zip\n\n${content}`;
const FORM = { "content-type": "multipart/form-data; boundary=x" };

test("the file of a form is passed on, and the rest of the form is not", async () => {
  const { got, handler } = taking();
  await serve(handler);
  const body = form('Content-Disposition: form-data; name="note"\n\nhello', filePart("area.zip", "PK data"));
  const answer = await gateway.ask("POST", PATH, { body, headers: FORM });
  expect(answer.status).toBe(201);
  expect(got.first).toMatchObject({ fileName: "area.zip", mediaType: "application/zip" });
  expect(got.bytes.toString()).toBe("PK data");
});

test("an empty body is a file too", async () => {
  const { got, handler } = taking();
  await serve(handler);
  expect((await gateway.ask("POST", PATH, { headers: { ...GEOJSON, "content-length": "0" } })).status).toBe(
    201,
  );
  expect(got.bytes).toHaveLength(0);
});

test.each([
  ["two files", form(filePart("a", "1"), filePart("b", "2")), FORM],
  ["no file", form('Content-Disposition: form-data; name="note"\n\nhello'), FORM],
  ["an end that is missing", `--x\r\n${filePart("a", "1").replaceAll("\n\n", "\r\n\r\n")}`, FORM],
  ["no boundary", form(filePart("a", "1")), { "content-type": "multipart/form-data" }],
  ["nothing in it", "", FORM],
])("a form with %s is refused", async (_, body, headers) => {
  await serve(taking().handler);
  const answer = await gateway.ask("POST", PATH, { body, headers });
  expect(answer).toMatchObject({ status: 400, json: { type: "/problems/request-malformed" } });
});

test.each(["application/x-zip-compressed", "text/plain", "image/png", "é/é", undefined])(
  "the type of a body decides nothing: %s",
  async (type) => {
    const { got, handler } = taking();
    await serve(handler);
    const headers = { "content-type": type ?? "" };
    if (type === undefined) Reflect.deleteProperty(headers, "content-type");
    const { status } = await gateway.ask("POST", PATH, { body: Buffer.from("x"), headers });
    expect([status, got.bytes.toString()]).toEqual([201, "x"]);
    expect(got.first?.mediaType).toMatch(/^[ -~]*$/);
  },
);

test("a body may be compressed, within the same limit", async () => {
  const { got, handler } = taking();
  await serve(handler);
  const headers = { ...GEOJSON, "content-encoding": "gzip" };
  const post = (body: Uint8Array) => gateway.ask("POST", PATH, { body, headers });
  const file = Buffer.from("0123456789".repeat(100_000));
  expect([(await post(gzipSync(file))).status, got.bytes.equals(file)]).toEqual([201, true]);
  const bomb = await post(gzipSync(Buffer.alloc(64 * 1024 * 1024 + 1)));
  expect([bomb.status, bomb.json.reason]).toEqual([413, "BODY_TOO_LARGE"]);
  const broken = await post(Buffer.from("not gzip"));
  expect([broken.status, broken.json.errors[0].rule]).toEqual([400, "body.coding"]);
  const cut = await post(gzipSync(file).subarray(0, -9));
  expect([cut.status, cut.json.errors[0].rule]).toEqual([400, "body.coding"]);
});

test("a body that says it is too large is refused", async () => {
  await serve(taking().handler);
  const headers = { ...GEOJSON, "content-length": String(64 * 1024 * 1024 + 1) };
  const large = await ask(gateway.url, "POST", PATH, { body: "{", headers });
  expect(large).toMatchObject({ status: 413, json: { type: "/problems/body-too-large" } });
});

test("a body that is larger than it may be is refused while it comes", async () => {
  await serve(taking().handler);
  const { hostname, port } = new URL(gateway.url);
  const status = await new Promise((resolve, reject) => {
    const sent = httpRequest({ hostname, port, method: "POST", path: PATH, headers: GEOJSON }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on("error", reject);
    const part = Buffer.alloc(1024 * 1024);
    const write = (left: number) => {
      if (left > 0 && !sent.destroyed) sent.write(part, () => write(left - 1));
    };
    write(66);
  });
  expect(status).toBe(413);
});

test("a body that stalls is refused", async () => {
  await serve(taking().handler, 500);
  const head = `POST ${PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/geo+json\r\nContent-Length: 100\r\n\r\n{`;
  expect(await raw(gateway.url, head)).toMatch(/^HTTP\/1.1 408 [\s\S]*body-too-slow/);
});

test("a body comes no faster than the service takes it", async () => {
  const release = Promise.withResolvers<void>();
  const { got, handler } = taking();
  await serve(async (messages, context) => {
    await release.promise;
    return handler(messages, context);
  });
  const { hostname, port } = new URL(gateway.url);
  const body = Buffer.alloc(32 * 1024 * 1024, " ");
  const before = process.memoryUsage().arrayBuffers;
  const done = new Promise<number | undefined>((resolve, reject) => {
    const sent = httpRequest({ hostname, port, method: "POST", path: PATH, headers: GEOJSON }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on("error", reject);
    sent.end(body);
  });
  await sleep(400);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024);
  release.resolve();
  expect(await done).toBe(201);
  expect(got.bytes).toHaveLength(body.length);
});

test("a refusal that comes before the whole body is seen by its sender", async () => {
  await serve(async (messages) => {
    for await (const _ of messages) throw refusalToError(refuse(Reason.TOO_MANY_AREA_UPLOADS));
    return {};
  });
  const body = Buffer.alloc(4 * 1024 * 1024);
  const answer = await gateway.ask("POST", PATH, { body, headers: GEOJSON });
  expect(answer).toMatchObject({ status: 429, json: { type: "/problems/too-many-area-uploads" } });
});

test("when a sender leaves, the call ends", async () => {
  const [begun, left] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  await serve(async (messages, context) => {
    context.signal.addEventListener("abort", () => left.resolve());
    begun.resolve();
    for await (const _ of messages);
    return {};
  });
  const { hostname, port } = new URL(gateway.url);
  const sent = httpRequest({ hostname, port, method: "POST", path: PATH, headers: GEOJSON });
  sent.on("error", () => {});
  sent.write("{");
  await begun.promise;
  sent.destroy();
  await left.promise;
});

test("the name of a file is passed on without what hides or turns text", async () => {
  const { got, handler } = taking();
  await serve(handler);
  const name = `a\u202efdp\u200b${"ä".repeat(100)}`;
  const headers = { "content-disposition": `attachment; filename*=UTF-8''${encodeURIComponent(name)}` };
  expect((await gateway.ask("POST", PATH, { body: Buffer.from("x"), headers })).status).toBe(201);
  expect(got.first?.fileName).toBe(`afdp${"ä".repeat(100)}`);
});

test("a file goes through Connect as well, message by message", async () => {
  const { got, handler } = taking();
  await serve(handler);
  const transport = createConnectTransport({ baseUrl: gateway.url, httpVersion: "1.1" });
  async function* messages() {
    yield { requestId: "k1", fileName: "a.kml", chunk: Buffer.from("one ") };
    yield { chunk: Buffer.from("two") };
  }
  const { acknowledgement } = await createClient(AreaService, transport).createAreaUpload(messages());
  expect(acknowledgement).toMatchObject({ requestId: "k1", name: "area-uploads/7" });
  expect(got.first).toMatchObject({ requestId: "k1", fileName: "a.kml" });
  expect(got.bytes.toString()).toBe("one two");
});

test.each([
  [undefined, ""],
  ["attachment", ""],
  ["attachment; filename=area.kml", "area.kml"],
  ["attachment; FileName = 'an area.kml'", "'an area.kml'"],
  ["attachment; filename=\"x\"; filename*=UTF-8''%C3%A4.kml", "ä.kml"],
  ["attachment; filename=\"x.kml\"; filename*=UTF-8''%C3", "x.kml"],
])("the name in %s is read", async (disposition, name) => {
  const { got, handler } = taking();
  await serve(handler);
  const headers = disposition === undefined ? {} : { "content-disposition": disposition };
  expect((await gateway.ask("POST", PATH, { body: Buffer.from("x"), headers })).status).toBe(201);
  expect(got.first?.fileName).toBe(name);
});
