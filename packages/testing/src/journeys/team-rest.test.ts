import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Headers } from "../ground/world.ts";
import { type TestSystem, testSystem } from "../system.ts";

let system: TestSystem;

beforeAll(async () => {
  system = await testSystem();
});

afterAll(() => system.stop());

async function call(
  verb: string,
  path: string,
  who: Headers | undefined,
  { body, ...headers }: Record<string, unknown> = {},
) {
  const response = await fetch(`${system.url}/v1/${path}`, {
    method: verb,
    headers: {
      ...who?.headers,
      ...(verb !== "GET" && { "idempotency-key": `"${randomUUID()}"` }),
      ...(body !== undefined && { "content-type": "application/json" }),
      ...(headers as Record<string, string>),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    location: response.headers.get("location"),
    etag: response.headers.get("etag"),
    json: text === "" ? undefined : (JSON.parse(text) as Record<string, unknown>),
  };
}

test("an organisation, its team and who joins it, as documents", async () => {
  const [admin, lead, guest] = await Promise.all(
    ["administrator", "mapper-1", "mapper-2"].map((name) => system.signIn(name)),
  );
  const idOf = async (who: Headers | undefined) => (await call("GET", "users/me", who)).json?.user_id;
  const [leadId, guestId] = [await idOf(lead), await idOf(guest)];

  const made = await call("POST", "organisations", admin, { body: { name: "Médecins" } });
  expect(made).toMatchObject({ status: 201, json: { name: "Médecins", slug: "medecins" } });
  const organisation = String(made.location).replace("/v1/", "");
  const changed = await call("PATCH", organisation, admin, {
    body: { url: "https://example.org/" },
    "if-match": made.etag,
  });
  expect(changed).toMatchObject({ status: 200, etag: '"2"', json: { url: "https://example.org/" } });
  const again = await call("PATCH", organisation, admin, { body: { url: "" }, "if-match": made.etag });
  expect(again).toMatchObject({ status: 412, json: { type: "/problems/organisation-changed" } });
  expect((await call("PUT", `${organisation}/managers/${leadId}`, admin)).status).toBe(201);
  expect((await call("PUT", `${organisation}/managers/${leadId}`, admin)).status).toBe(200);

  const organisationId = made.json?.organisation_id;
  const privately = { organisation_id: organisationId, name: "Core", visibility: "TEAM_VISIBILITY_PRIVATE" };
  const team = await call("POST", "teams", lead, { body: privately });
  expect(team).toMatchObject({ status: 201, json: { member_count: 1 } });
  const teamPath = String(team.location).replace("/v1/", "");
  const [hidden, absent] = [await call("GET", teamPath, guest), await call("GET", "teams/999", guest)];
  expect(hidden).toMatchObject({ status: 404, json: { reason: "TEAM_NOT_FOUND" } });
  expect(Object.keys(hidden.json ?? {})).toEqual(Object.keys(absent.json ?? {}));

  const invitation = await call("POST", `${teamPath}/invitations`, lead, { body: {} });
  expect(invitation.status).toBe(201);
  expect(invitation.location).toMatch(/^\/v1\/invitations\/[0-9]+$/);
  const token = invitation.json?.token;
  const read = await call("GET", String(invitation.location).replace("/v1/", ""), lead);
  expect(read.json).toMatchObject({ state: "INVITATION_STATE_OPEN", team_name: "Core" });
  expect(read.json).not.toHaveProperty("token");
  const joined = await call("POST", "memberships", guest, { body: { token } });
  expect(joined).toMatchObject({ status: 201, location: `/v1/${teamPath}/members/${guestId}` });
  expect(joined.json).toMatchObject({ function: "MEMBER_FUNCTION_MEMBER" });
  const twice = await call("POST", "memberships", admin, { body: { token } });
  expect(twice).toMatchObject({ status: 409, json: { reason: "INVITATION_CLOSED" } });
  expect((await call("DELETE", `${teamPath}/members/${guestId}`, guest)).status).toBe(204);
  expect((await call("DELETE", teamPath, lead)).status).toBe(204);
  expect((await call("DELETE", organisation, lead)).status).toBe(204);
});
