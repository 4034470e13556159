import { randomUUID } from "node:crypto";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { refusalOf, type TestSystem, testSystem } from "../testing/system.ts";

let system: TestSystem;

beforeAll(async () => {
  system = await testSystem();
});

afterAll(() => system.stop());

test("a person reads their own session, which ends when its token does", async () => {
  const created = await system.client.createSession({ requestId: randomUUID(), name: "mapper-1" });
  const headers = { authorization: `Bearer ${created.accessToken}` };
  const sessionId = created.acknowledgement?.name.replace("sessions/", "") as string;
  const { session } = await system.client.getSession({ sessionId }, { headers });
  const { sub, exp } = decodeJwt(created.accessToken);
  expect(session).toMatchObject({ sessionId, userId: BigInt(sub as string), revision: 1n });
  expect(session?.createTime).toEqual(created.acknowledgement?.commitTime);
  expect(session?.expireTime && timestampMs(session.expireTime)).toBe((exp as number) * 1000);
});

test("another person's session answers as one that is not there", async () => {
  const created = await system.client.createSession({ requestId: randomUUID(), name: "mapper-1" });
  const others = created.acknowledgement?.name.replace("sessions/", "") as string;
  const stranger = await system.signIn("validator");
  for (const sessionId of [others, randomUUID()]) {
    const refusal = await refusalOf(system.client.getSession({ sessionId }, stranger));
    expect(refusal).toEqual({ reason: "SESSION_NOT_FOUND", metadata: { session_id: sessionId } });
  }
  const administrator = await system.signIn("administrator");
  const { session } = await system.client.getSession({ sessionId: others }, administrator);
  expect(session?.sessionId).toBe(others);
});

test("a session's id is a UUID, and its reader is signed in", async () => {
  const mapper = await system.signIn("mapper-1");
  expect((await refusalOf(system.client.getSession({ sessionId: "me" }, mapper))).reason).toBe(
    "FIELD_INVALID",
  );
  expect((await refusalOf(system.client.getSession({ sessionId: "me" }))).reason).toBe("TOKEN_MISSING");
});
