import { randomUUID } from "node:crypto";
import { createClient } from "@connectrpc/connect";
import { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { PersonalAccessTokenService } from "@tessera/contracts/tessera/auth/v1/personal_access_token_service_pb.ts";
import { TokenService } from "@tessera/contracts/tessera/auth/v1/token_service_pb.ts";
import { connect } from "@tessera/rpc/connect.ts";
import { reasonOf } from "@tessera/testing/ground/reason-of.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestSystem, testSystem } from "../testing/system.ts";

let system: TestSystem;

beforeAll(async () => {
  system = await testSystem();
});

afterAll(() => system.stop());

const requestId = () => randomUUID();

test("tokens of the development provider are invalid while it is off, and valid as before once it is on", async () => {
  const { accessToken, refreshToken } = await system.client.createSession({
    requestId: requestId(),
    name: "mapper-7",
  });
  const bearer = { headers: { authorization: `Bearer ${accessToken}` } };
  const { personalAccessToken } = await system
    .clientOf(PersonalAccessTokenService)
    .createPersonalAccessToken(
      { requestId: requestId(), name: "script", scopes: ["account"], lifetime: { seconds: 25920000n } },
      bearer,
    );
  const service = await system.signInService("mapper-8");
  const uses = async (address: string) => {
    const connection = connect(address);
    const [auth, tokens] = [createClient(AuthService, connection), createClient(TokenService, connection)];
    const key = { requestId: requestId(), personalAccessToken };
    const answers = [
      await reasonOf(auth.getCurrentUser({}, bearer)),
      await reasonOf(tokens.createKeyToken(key)),
      await reasonOf(tokens.introspectToken({ token: personalAccessToken }, service)),
      await reasonOf(auth.refreshSession({ requestId: requestId(), refreshToken })),
    ];
    connection.close();
    return answers;
  };
  const closed = await system.start({ DEVELOPMENT_SIGN_IN: false });
  expect(await uses(closed.auth.address)).toEqual([
    "TOKEN_INVALID",
    "ACCESS_KEY_INVALID",
    "TOKEN_INVALID",
    "REFRESH_TOKEN_INVALID",
  ]);
  await closed.stop();
  expect(await uses(system.auth.address)).toEqual(["OK", "OK", "OK", "OK"]);
});
