import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestGateway, testGateway } from "../testing/gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await testGateway(() => {});
});
afterAll(() => gateway.stop());

const OWN = "application/vnd.oai.openapi+json";

test.each([
  [undefined, "application/json", "3.1.0"],
  ["*/*", "application/json", "3.1.0"],
  ["application/json", "application/json", "3.1.0"],
  ["text/html, */*;q=0.1", "application/json", "3.1.0"],
  [OWN, `${OWN};version=3.1`, "3.1.0"],
  [`${OWN};version=3.1`, `${OWN};version=3.1`, "3.1.0"],
  [`${OWN};version=3.0`, `${OWN};version=3.0`, "3.0.3"],
  [`${OWN}; version="3.0"`, `${OWN};version=3.0`, "3.0.3"],
  [`${OWN};version=3.0, application/json`, `${OWN};version=3.0`, "3.0.3"],
])("Accept: %s is answered with %s, OpenAPI %s", async (accept, type, version) => {
  const { status, headers, text } = await gateway.ask("GET", "/openapi.json", {
    ...(accept !== undefined && { headers: { accept } }),
  });
  expect(status).toBe(200);
  expect(headers["content-type"]).toBe(type);
  expect(headers.vary).toContain("Accept");
  expect(JSON.parse(text).openapi).toBe(version);
});

test("the document is not sent again to who has it, and each version has a tag of its own", async () => {
  const { headers } = await gateway.ask("GET", "/openapi.json");
  const again = (accept: string) =>
    gateway.ask("GET", "/openapi.json", { headers: { accept, "if-none-match": headers.etag as string } });
  expect(await again("application/json")).toMatchObject({ status: 304, text: "" });
  expect((await again(`${OWN};version=3.0`)).status).toBe(200);
});

test("the document is compressed, each version for itself", async () => {
  for (const accept of [`${OWN};version=3.0`, `${OWN};version=3.1`, `${OWN};version=3.0`]) {
    const answer = await fetch(`${gateway.url}/openapi.json`, {
      headers: { accept, "accept-encoding": "gzip" },
    });
    expect([answer.headers.get("content-encoding"), answer.headers.get("content-type")]).toEqual([
      "gzip",
      accept,
    ]);
    expect(((await answer.json()) as { openapi: string }).openapi).toContain(accept.slice(-3));
  }
});

test("another media type is refused with those that there are", async () => {
  const { status, json, text } = await gateway.ask("GET", "/openapi.json", {
    headers: { accept: "text/csv" },
  });
  expect(status).toBe(406);
  expect((json ?? JSON.parse(text)).metadata.available).toContain("version=3.0");
});
