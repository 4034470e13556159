import { request as httpRequest } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { proofKey } from "./testing/browser.ts";
import { BACKEND, CLIENT_ID, codeForm, type SignInSystem, signInSystem } from "./testing/sign-in.ts";

let it: SignInSystem;

beforeAll(async () => {
  it = await signInSystem();
});

afterAll(() => it.stop());

test("a code can be used once; presented again it revokes the session that it made", async () => {
  const made = await it.signIn();
  const first = await it.post("/oauth2/token", codeForm(made));
  expect(first.status).toBe(200);
  const headers = { authorization: `Bearer ${first.json.access_token}` };
  await it.system.client.getCurrentUser({}, { headers });
  const second = await it.post("/oauth2/token", codeForm(made));
  expect([second.status, second.json.error]).toEqual([400, "invalid_grant"]);
  await expect(it.system.client.getCurrentUser({}, { headers })).rejects.toThrow("revoked");
  const refresh = {
    grant_type: "refresh_token",
    refresh_token: first.json.refresh_token,
    client_id: CLIENT_ID,
  };
  expect((await it.post("/oauth2/token", refresh)).json.error).toBe("invalid_grant");
});

test("of twenty who present one code at once, one gets a session at most, and it does not last", async () => {
  const made = await it.signIn();
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => it.post("/oauth2/token", codeForm(made))),
  );
  const won = answers.filter(({ status }) => status === 200);
  expect(won).toHaveLength(1);
  const headers = { authorization: `Bearer ${won[0]?.json.access_token}` };
  await expect(it.system.client.getCurrentUser({}, { headers })).rejects.toThrow("revoked");
});

test.each<[string, Record<string, string>, string]>([
  ["without a verifier", { code_verifier: "" }, "invalid_request"],
  ["with a wrong verifier", { code_verifier: proofKey().verifier }, "invalid_grant"],
  ["with a short verifier", { code_verifier: "abc" }, "invalid_grant"],
  ["with another redirect URI", { redirect_uri: "http://127.0.0.1/back" }, "invalid_grant"],
  ["without its redirect URI", { redirect_uri: "" }, "invalid_request"],
  ["without a client", { client_id: "" }, "invalid_client"],
  ["by an unknown client", { client_id: "x".repeat(8_000) }, "invalid_client"],
  ["without the code", { code: "" }, "invalid_request"],
  ["with an invented code", { code: "x".repeat(43) }, "invalid_grant"],
])("a code is worth nothing %s", async (_, changes, error) => {
  const answer = await it.post("/oauth2/token", { ...codeForm(await it.signIn()), ...changes });
  expect(answer.json.error).toBe(error);
  expect(answer.status).toBe(error === "invalid_client" ? 401 : 400);
});

test("the challenge itself is no verifier, and a wrong try uses the code up", async () => {
  const made = await it.signIn();
  const wrong = await it.post("/oauth2/token", { ...codeForm(made), code_verifier: proofKey().challenge });
  expect(wrong.json.error).toBe("invalid_grant");
  expect((await it.post("/oauth2/token", codeForm(made))).json.error).toBe("invalid_grant");
});

test("another client cannot use a code, though it proves who it is", async () => {
  const { client_id: _, ...form } = codeForm(await it.signIn());
  const answer = await it.post("/oauth2/token", {
    ...form,
    client_id: BACKEND.clientId,
    client_secret: BACKEND.secret,
  });
  expect(answer.json.error).toBe("invalid_grant");
});

test("a code of a minute ago has expired", async () => {
  const made = await it.signIn();
  await it.system.database.sql`update authorization_codes set expire_time = clock_timestamp()`;
  expect((await it.post("/oauth2/token", codeForm(made))).json.error).toBe("invalid_grant");
});

test("a client with a secret has to prove that it has it, in one way", async () => {
  const form = { grant_type: "refresh_token", refresh_token: "x" };
  const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString("base64")}` });
  const right = `${BACKEND.clientId}:${encodeURIComponent(BACKEND.secret)}`;
  const ask = async (more: Record<string, string>, headers = {}) =>
    (await it.post("/oauth2/token", { ...form, ...more }, headers)).json.error;
  expect(await ask({ client_id: BACKEND.clientId })).toBe("invalid_client");
  expect(await ask({ client_id: BACKEND.clientId, client_secret: "wrong" })).toBe("invalid_client");
  expect(await ask({ client_id: CLIENT_ID, client_secret: "any" })).toBe("invalid_client");
  expect(await ask({}, basic(`${BACKEND.clientId}:wrong`))).toBe("invalid_client");
  expect(await ask({}, basic(`${BACKEND.clientId}:%zz`))).toBe("invalid_client");
  expect(await ask({}, { authorization: "Bearer x" })).toBe("invalid_client");
  expect(await ask({ client_id: CLIENT_ID }, basic(right))).toBe("invalid_client");
  expect(await ask({ client_id: BACKEND.clientId, client_secret: BACKEND.secret }, basic(right))).toBe(
    "invalid_request",
  );
  expect(await ask({}, basic(right))).toBe("invalid_grant");
  expect(await ask({ client_id: BACKEND.clientId, client_secret: BACKEND.secret })).toBe("invalid_grant");
  const refused = await it.post("/oauth2/token", form, basic("x:y"));
  expect([refused.status, refused.headers.get("www-authenticate")]).toEqual([401, 'Basic realm="tessera"']);
});

test("the token endpoint takes a form, once, and no more than it must", async () => {
  const form = "grant_type=refresh_token&refresh_token=x&client_id=app";
  expect((await it.post("/oauth2/token", `${form}&client_id=app`)).json.error).toBe("invalid_request");
  expect((await it.post("/oauth2/token", "")).json.error).toBe("invalid_request");
  expect((await it.post("/oauth2/token", "grant_type=password&client_id=app")).json.error).toBe(
    "unsupported_grant_type",
  );
  for (const type of ["application/json", "text/plain", "multipart/form-data; boundary=x", ""]) {
    expect((await it.post("/oauth2/token", form, { "content-type": type })).status).toBe(415);
  }
  expect((await it.post("/oauth2/token", form, { "content-encoding": "gzip" })).status).toBe(415);
  expect((await it.post("/oauth2/token", `${form}&x=${"x".repeat(10_000)}`)).json.error).toBe(
    "invalid_request",
  );
  expect((await it.post("/oauth2/token", `${form}&x=${"x".repeat(1_000_000)}`)).status).toBe(413);
  expect((await it.post("/oauth2/token", `${form}${"&a=1".repeat(100)}`)).json.error).toBe("invalid_request");
  expect((await it.post("/oauth2/token", `${form}&%ff%fe=%00`)).json.error).toBe("invalid_grant");
  expect((await fetch(`${it.url}/oauth2/token?${form}`)).status).toBe(405);
  expect((await it.post(`/oauth2/token?${form}`, "")).json.error).toBe("invalid_request");
});

test("a body that never ends is answered once it is too large, and then cut off", async () => {
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const sent = httpRequest(`${it.url}/oauth2/token`, { method: "POST", headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    const more = setInterval(() => sent.write("x".repeat(8_000)), 5);
    sent.on("error", reject).on("close", () => clearInterval(more));
    sent.on("response", () => sent.on("error", () => {}));
  });
  expect(status).toBe(413);
});
