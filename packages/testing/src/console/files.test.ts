import { randomUUID } from "node:crypto";
import { ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ConsoleSystem, consoleSystem } from "../console-system.ts";
import { type PageClient, pageClient, signInPage } from "../ground/page-client.ts";
import { createProject, cut, type Headers } from "../ground/world.ts";

const ZOOM = 10;

let system: ConsoleSystem;
let admin: Headers;
let hidden: number;
let other: number;
let manager: PageClient;

beforeAll(async () => {
  system = await consoleSystem();
  admin = await system.signIn("administrator");
  const create = () => createProject(system, admin, { private: true }, [ProjectStatus.PUBLISHED]);
  [hidden, other] = [await create(), await create()];
  for (const it of [hidden, other]) await cut(system, admin, it, ZOOM);
  manager = pageClient(system.url);
  await signInPage(manager, "administrator");
});
afterAll(() => system.stop());

/** Where a link of the console leads, followed by the browser of somebody. */
async function whereTo(path: string, who: PageClient): Promise<Response> {
  const cookie = [...who.cookies].map((it) => it.join("=")).join("; ");
  return fetch(`${system.url}${path}`, { headers: { cookie }, redirect: "manual" });
}

const location = async (path: string, who = manager) =>
  (await whereTo(path, who)).headers.get("location") ?? "";

test("every file of a private project is downloaded from its page and those of its tasks", async () => {
  const stranger = pageClient(system.url);
  await signInPage(stranger, "stranger");
  for (const path of [`/v1/projects/${hidden}`, `/v1/projects/${hidden}/tasks/1`]) {
    const page = await manager.get(path);
    const links = page.root.querySelectorAll(".files a").map((it) => it.getAttribute("href") as string);
    expect(links.length).toBeGreaterThan(2);
    for (const link of links) {
      const { status, headers, text } = await manager.get(link);
      expect([link, status, text.length > 100]).toEqual([link, 200, true]);
      expect(headers.get("content-disposition")).toMatch(/^attachment; filename=project-\d/);
      expect(headers.get("cache-control")).toBe("private, no-store");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
      expect((await stranger.get(link)).status).toBe(404);
      expect((await pageClient(system.url).get(link)).status).toBe(404);
    }
  }
});

test("the redirect to a file is not kept, and no page has a ticket", async () => {
  const sent = await whereTo(`/console/projects/${hidden}/files/tasks/geojson`, manager);
  expect([sent.status, sent.headers.get("cache-control"), sent.headers.get("referrer-policy")]).toEqual([
    303,
    "no-store",
    "no-referrer",
  ]);
  const page = await manager.get(`/v1/projects/${hidden}/tasks/1`);
  expect(page.text).not.toContain("ticket=");
  for (const path of ["files/tasks/sse", "files/people/csv", "tasks/1/files/csv"])
    expect((await whereTo(`/console/projects/${hidden}/${path}`, manager)).status).toBe(404);
});

test("JOSM and iD get an address that they can read without a cookie", async () => {
  const page = await manager.get(`/v1/projects/${hidden}/tasks/1`);
  const links = page.root.querySelectorAll(".editors a").map((it) => it.getAttribute("href") as string);
  const josm = new URL(await location(links.find((it) => it.endsWith("/josm")) as string));
  expect([josm.origin, josm.pathname]).toEqual(["http://127.0.0.1:8111", "/import"]);
  const osm = await fetch(josm.searchParams.get("url") as string);
  expect([osm.status, (await osm.text()).includes("<osm")]).toEqual([200, true]);
  const id = new URL(await location(links.find((it) => it.endsWith("/id")) as string));
  expect(id.origin).toBe("https://www.openstreetmap.org");
  const gpx = await fetch(new URLSearchParams(id.hash.slice(1)).get("gpx") as string);
  expect([gpx.status, (await gpx.text()).includes("<gpx")]).toEqual([200, true]);
});

test("a ticket for a file reads no other path, changes nothing, and ends with the session", async () => {
  const created = await system.auth.createSession({ requestId: randomUUID(), name: "administrator" });
  const sessionId = created.acknowledgement?.name.split("/")[1] ?? "";
  const who = { authorization: `Bearer ${created.accessToken}` };
  const path = `/v1/projects/${hidden}/tasks/1`;
  const issued = await fetch(`${system.url}/v1/stream-tickets`, {
    method: "POST",
    headers: { ...who, "content-type": "application/json" },
    body: JSON.stringify({ path }),
  });
  const { ticket } = (await issued.json()) as { ticket: string };
  const read = async (of: string, init: RequestInit = {}) => {
    const answer = await fetch(`${system.url}${of}`, init);
    const body = await answer.text();
    return [answer.status, answer.ok ? "" : JSON.parse(body).reason];
  };
  const byTicket = { headers: { authorization: `Bearer ${ticket}` } };
  expect(await read(`${path}?f=gpx&ticket=${ticket}`)).toEqual([200, ""]);
  // Also without the gateway's own check: as a token.
  for (const of of [
    `/v1/projects/${other}/tasks/1`,
    `/v1/projects/${hidden}/tasks/2`,
    `/v1/projects/${hidden}`,
  ]) {
    expect(await read(`${of}?f=gpx&ticket=${ticket}`)).toEqual([401, "TOKEN_INVALID"]);
    expect(await read(of, byTicket)).toEqual([401, "TOKEN_INVALID"]);
  }
  expect(await read(`${path}/lock`, byTicket)).toEqual([401, "TOKEN_INVALID"]);
  expect((await read(`${path}/lock?ticket=${ticket}`, { method: "PUT" }))[0]).toBeGreaterThanOrEqual(400);
  expect(await read(`${path}/lock`, { method: "PUT", ...byTicket })).toEqual([401, "TOKEN_INVALID"]);
  await system.auth.revokeSession({ requestId: randomUUID(), sessionId }, { headers: who });
  // Other services learn of it within seconds.
  await expect.poll(() => read(`${path}?f=gpx&ticket=${ticket}`)).toEqual([401, "TOKEN_REVOKED"]);
});
