import { createSecretKey, randomBytes, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { PersonalAccessTokenService } from "@tessera/contracts/tessera/auth/v1/personal_access_token_service_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { markedSecret } from "../mark.ts";
import { CODE } from "../oauth-http/presented.ts";
import { deriveToken, newTokenId } from "../personal-access-tokens/personal-access-token.ts";
import { deriveRefreshToken } from "../sessions/refresh-token.ts";
import { CLIENT_ID, codeForm, type SignInSystem, signInSystem } from "./testing/sign-in.ts";

/** A mapathon's room: all come from one address, which has the limits of production. */
const ROOM = 100;
const REFRESHES = 300;
const TEST_MS = 180_000;

let it: SignInSystem;

beforeAll(async () => {
  it = await signInSystem({ RATE_LIMIT_PERCENT: 100 });
});

afterAll(() => it.stop());

const refreshForm = (token: string) => ({
  grant_type: "refresh_token",
  client_id: CLIENT_ID,
  refresh_token: token,
});
const keyForm = (token: string) => ({
  grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
  subject_token_type: "urn:ietf:params:oauth:token-type:access_token",
  subject_token: token,
});
const codeOf = (code: string) => ({
  ...{ grant_type: "authorization_code", client_id: CLIENT_ID, code },
  ...{ redirect_uri: "https://app.test/callback", code_verifier: "x".repeat(43) },
});

/** Forgeries of every credential: of the right form, with right checksums, made with another key. */
function forgeries(): Record<string, string>[] {
  const key = createSecretKey(randomBytes(32));
  const sessionId = randomUUID();
  const session = { sessionId, generation: 0, refreshSalt: randomBytes(32) };
  return [
    refreshForm(deriveRefreshToken(key, session)),
    refreshForm("x"),
    keyForm(deriveToken(key, { tokenId: newTokenId(), sessionId })),
    codeOf(markedSecret(key, CODE)),
    codeOf("x".repeat(43)),
  ];
}

async function statuses(forms: Record<string, string>[]): Promise<Set<number>> {
  const answers = await Promise.all(forms.map((form) => it.post("/oauth2/token", form)));
  return new Set(answers.map(({ status }) => status));
}

test(
  "a caller that forges credentials is limited at last, and nobody else at that address is",
  async () => {
    // Nobody has got in from this address yet.
    const forged = new Set<number>();
    for (let round = 0; round < 20; round++) {
      for (const status of await statuses([...forgeries(), ...forgeries(), ...forgeries()]))
        forged.add(status);
    }
    expect([...forged]).toEqual([400]);
    const first = await it.post("/oauth2/token", codeForm(await it.signIn()));
    expect(first.status).toBe(200);
    while (!(await statuses(Array.from({ length: 10 }, forgeries).flat())).has(429));
    const refreshed = await it.post("/oauth2/token", refreshForm(first.json.refresh_token));
    expect(refreshed.status).toBe(200);
    const who = { headers: { authorization: `Bearer ${refreshed.json.access_token}` } };
    const { personalAccessToken } = await it.system
      .clientOf(PersonalAccessTokenService)
      .createPersonalAccessToken(
        { requestId: randomUUID(), name: "script", scopes: ["account"], lifetime: { seconds: 86400n } },
        who,
      );
    expect(await statuses([keyForm(personalAccessToken)])).toEqual(new Set([200]));
    expect((await it.post("/oauth2/token", codeForm(await it.signIn()))).status).toBe(200);
  },
  TEST_MS,
);

test(
  "people sign in while a stranger at their address guesses at clients, callbacks and tokens",
  async () => {
    const noise = await Promise.all([
      ...Array.from({ length: 200 }, (_, index) =>
        it.post("/oauth2/token", { ...refreshForm("x"), client_id: `nobody-${index}`, client_secret: "x" }),
      ),
      ...Array.from({ length: 200 }, (_, index) => fetch(`${it.url}/oauth2/callback?state=${index}&code=x`)),
    ]);
    expect(noise.some(({ status }) => status === 429)).toBe(true);
    expect((await it.post("/oauth2/token", codeForm(await it.signIn()))).status).toBe(200);
  },
  TEST_MS,
);

test(
  "a room of 100 signs in at once, and all refresh three times at once",
  async () => {
    const answers = await Promise.all(
      Array.from({ length: ROOM }, async () => it.post("/oauth2/token", codeForm(await it.signIn()))),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const forms = answers.map(({ json }) => refreshForm(json.refresh_token));
    // The same token three times within the window has the same successor.
    const all = Array.from({ length: REFRESHES / ROOM }, () => forms).flat();
    expect(await statuses(all)).toEqual(new Set([200]));
  },
  TEST_MS,
);

test(
  "a burst waits for its turn, and not for the pool",
  async () => {
    const waitMs = 100;
    const busy = await signInSystem({ POOL_SIZE: 4, DATABASE_WAIT_MILLISECONDS: waitMs });
    const made = await busy.post("/oauth2/token", codeForm(await busy.signIn()));
    const { sql } = busy.system.database;
    const asked = await sql.begin(async (tx) => {
      await tx`lock table sessions in access exclusive mode`;
      const form = refreshForm(made.json.refresh_token);
      const all = Array.from({ length: 60 }, () => busy.post("/oauth2/token", form));
      const blocked = () => sql`select from pg_locks where not granted and relation = 'sessions'::regclass`;
      while ((await blocked()).length < 3) await sleep(10);
      // Callers that wait for a connection are refused by now.
      await sleep(5 * waitMs);
      return { all };
    });
    const answers = await Promise.all(asked.all);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    await busy.stop();
  },
  TEST_MS,
);
