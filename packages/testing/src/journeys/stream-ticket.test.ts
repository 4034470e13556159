import { randomUUID } from "node:crypto";
import { createClient } from "@connectrpc/connect";
import { TokenService } from "@tessera/contracts/tessera/auth/v1/token_service_pb.ts";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { createLog } from "@tessera/runtime/log.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { reasonOf } from "../ground/reason-of.ts";
import { type Headers, tokenOf, type World, world } from "../ground/world.ts";
import { type TestSystem, testSystem } from "../system.ts";

let system: TestSystem;
let ground: World;
let path: string;
const lines: string[] = [];

beforeAll(async () => {
  const destination = { write: (line: string) => void lines.push(line) };
  system = await testSystem({}, { log: createLog({ name: "test", level: "debug", destination }) });
  ground = await world(system);
  path = `/v1/projects/${ground.projects.busy}/task-events`;
});

afterAll(() => system.stop());

interface Ticket {
  ticket: string;
  expire_time: string;
}

async function ticketFor(of: string, { headers }: Headers): Promise<Ticket> {
  const answer = await fetch(`${system.url}/v1/stream-tickets`, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify({ path: of }),
  });
  expect(answer.status).toBe(200);
  return (await answer.json()) as Ticket;
}

const bearer = (ticket: string): Headers => ({ headers: { authorization: `Bearer ${ticket}` } });

/** Opens what an EventSource opens: no header says who reads. */
const open = (of: string, ticket: string, headers: Record<string, string> = {}) =>
  fetch(`${system.url}${of}?ticket=${ticket}`, { headers: { accept: "text/event-stream", ...headers } });

/** Opens a stream. Resolves with all that it sends, once it has begun; `text` once it has ended. */
async function listen(ticket: string): Promise<{ text: Promise<string> }> {
  const { status, body } = await open(path, ticket);
  expect(status).toBe(200);
  const reader = (body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("id: ")) text += (await reader.read()).value ?? "";
  const rest = async () => {
    for (;;) {
      const { done, value = "" } = await reader.read();
      if (done) return text;
      text += value;
    }
  };
  return { text: rest() };
}

test("a ticket reads its one stream until the session is revoked, and not after", async () => {
  const { sessionId, who } = await ground.newSession();
  const { ticket } = await ticketFor(path, who);
  const [first, second] = [await listen(ticket), await listen(ticket)];
  await system.auth.revokeSession({ requestId: randomUUID(), sessionId }, who);
  for (const { text } of [first, second])
    expect(await text).toMatch(/event: problem\ndata: .*"TOKEN_REVOKED"/);
  const again = await open(path, ticket);
  expect([again.status, await again.json()]).toEqual([
    401,
    expect.objectContaining({ reason: "TOKEN_REVOKED" }),
  ]);
});

test("a ticket of a person who is blocked ends its stream, and opens no other", async () => {
  const { userId, who } = await ground.newPerson();
  const { ticket } = await ticketFor(path, who);
  const { text } = await listen(ticket);
  const users = createClient(UserService, system.connections.auth);
  const block = { requestId: randomUUID(), userId: BigInt(userId), reason: "vandalism" };
  await users.blockUser(block, ground.admin);
  expect(await text).toMatch(/event: problem\ndata: .*"USER_BLOCKED"/);
  const again = await open(path, ticket);
  expect([again.status, await again.json()]).toEqual([
    403,
    expect.objectContaining({ reason: "USER_BLOCKED" }),
  ]);
});

test("a ticket expires with the token that it was issued for", async () => {
  const { who } = await ground.newSession();
  const { ticket, expire_time } = await ticketFor(path, who);
  const expiry = (token: string) => JSON.parse(atob(token.split(".")[1] as string)).exp;
  expect(expiry(ticket)).toBe(expiry(tokenOf(who)));
  expect(Date.parse(expire_time) / 1000).toBe(expiry(ticket));
});

test("a ticket is valid for no other call, on any wire", async () => {
  const { who } = await ground.newSession();
  const own = bearer((await ticketFor(path, who)).ticket);
  const { busy, published } = ground.projects;
  expect(busy).not.toBe(published);
  const next = (projectId?: number) => {
    const stream = system.task.watchTaskEvents(projectId === undefined ? {} : { projectId }, own);
    return stream[Symbol.asyncIterator]().next();
  };
  expect(await reasonOf(next(busy))).toBe("OK");
  expect(await reasonOf(next(published))).toBe("TOKEN_INVALID");
  expect(await reasonOf(next())).toBe("TOKEN_INVALID");
  expect(await reasonOf(system.project.getProject({ projectId: busy }, own))).toBe("TOKEN_INVALID");
  expect(await reasonOf(system.auth.getCurrentUser({}, own))).toBe("TOKEN_INVALID");
  const tokens = createClient(TokenService, system.connections.auth);
  expect(await reasonOf(tokens.issueStreamTicket({ path }, own))).toBe("TOKEN_INVALID");
  const rest = (of: string) => fetch(`${system.url}${of}`, own).then(({ status }) => status);
  expect(await rest(`/v1/projects/${busy}`)).toBe(401);
  expect(await rest(`/v1/projects/${published}/task-events`)).toBe(401);
});

test("a ticket can be neither introspected nor revoked", async () => {
  const { sessionId, who } = await ground.newSession();
  const { ticket } = await ticketFor(path, who);
  const tokens = createClient(TokenService, system.connections.auth);
  const asked = await tokens.introspectToken({ token: ticket }, await ground.newService());
  expect(asked.active).toBe(false);
  await tokens.revokeToken({ requestId: randomUUID(), token: ticket });
  const { session } = await system.auth.getSession({ sessionId }, who);
  expect(session?.sessionId).toBe(sessionId);
});

test("the parameter takes a ticket for its own path, alone, and nothing else", async () => {
  const { who } = await ground.newSession();
  const { ticket } = await ticketFor(path, who);
  const refused = async (answer: Promise<Response>) => {
    const { status, headers } = await answer;
    const { reason, detail } = (await (await answer).json()) as Record<string, string>;
    return [status, reason, detail, headers.get("www-authenticate") ?? ""].join(" ");
  };
  expect(await refused(open(path, tokenOf(who)))).toMatch(
    /^401 TOKEN_INVALID .*belong in a URL Bearer error="invalid_token"/,
  );
  expect(await refused(open("/v1/task-events", ticket))).toMatch(
    /^401 TOKEN_INVALID .*ticket is for \/v1\/pro.* Bearer error="invalid_token"/,
  );
  expect(await refused(open(path, ticket, who.headers))).toMatch(/^400 REQUEST_MALFORMED/);
  expect(await refused(open(path, `${ticket}&ticket=${ticket}`))).toMatch(/^400 REQUEST_MALFORMED/);
  expect(await refused(open(`/v1/projects/${ground.projects.busy}`, ticket))).toMatch(/^(422|406)/);
  expect(await refused(open(path, `${ticket.slice(0, -4)}AAAA`))).toMatch(/^401 TOKEN_INVALID/);
});

test("nobody and no service that acts for a person gets a ticket", async () => {
  const tokens = createClient(TokenService, system.connections.auth);
  expect(await reasonOf(tokens.issueStreamTicket({ path }))).toBe("TOKEN_MISSING");
  expect(await reasonOf(tokens.issueStreamTicket({ path: "/v1/x y" }))).toBe("FIELD_INVALID");
});

test("no line of any log has a ticket", async () => {
  const { who } = await ground.newSession();
  const { ticket } = await ticketFor(path, who);
  await open(path, ticket).then(({ body }) => body?.cancel());
  await open("/v1/task-events", ticket);
  await open(path, `${ticket}&x=1`);
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.filter((it) => it.includes(ticket.slice(-20)))).toEqual([]);
});
