import { randomUUID } from "node:crypto";
import type { ConnectError } from "@connectrpc/connect";
import { ServiceAccountService } from "@tessera/contracts/tessera/auth/v1/service_account_service_pb.ts";
import { refusalIn } from "@tessera/rpc/refusal-wire.ts";
import { exportJWK, generateKeyPair } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestSystem, testSystem } from "../testing/system.ts";

let system: TestSystem;
let admin: { headers: { authorization: string } };

beforeAll(async () => {
  system = await testSystem();
  admin = await system.signIn("administrator");
});

afterAll(() => system.stop());

const accounts = () => system.clientOf(ServiceAccountService);

test("a key for which anybody can sign is refused, with the field and the rule", async () => {
  const rsa = await exportJWK((await generateKeyPair("RS256", { extractable: true })).publicKey);
  const ed25519 = (hex: string) => ({
    kty: "OKP",
    crv: "Ed25519",
    x: Buffer.from(hex, "hex").toString("base64url"),
  });
  const made = { clientId: "forgeable", description: "", scopes: ["tasks:read"], mayAct: false };
  const { acknowledgement } = await accounts().createServiceAccount(
    { requestId: randomUUID(), ...made },
    admin,
  );
  const userId = BigInt(acknowledgement?.name.split("/")[1] as string);
  const forgeable = [
    [ed25519("00".repeat(32)), "public_key.order"],
    [ed25519(`01${"00".repeat(30)}80`), "public_key.order"],
    [ed25519(`ee${"ff".repeat(30)}7f`), "public_key.order"],
    [ed25519(`02${"00".repeat(31)}`), "public_key.point"],
    [{ ...rsa, e: "AQ" }, "public_key.exponent"],
    [{ ...rsa, e: "AAAB" }, "public_key.exponent"],
    [{ ...rsa, e: "AQAA" }, "public_key.exponent"],
    [{ ...rsa, n: `${rsa.n?.slice(0, -1)}A` }, "public_key.point"],
  ] as const;
  for (const [key, rule] of forgeable) {
    const request = { jwk: JSON.stringify(key), requestId: randomUUID() };
    const calls = [
      () => accounts().createPublicKey({ ...request, userId }, admin),
      () => accounts().createServiceAccount({ ...request, ...made, clientId: "forgeable-too" }, admin),
    ];
    for (const call of calls) {
      const error = await call().then(
        () => undefined,
        (it: ConnectError) => it,
      );
      const refusal = error && refusalIn(error);
      expect([rule, refusal?.reason.name]).toEqual([rule, "PUBLIC_KEY_INVALID"]);
      expect(refusal?.violations).toMatchObject([{ field: "jwk", rule }]);
    }
  }
  const { x } = ed25519("00".repeat(32));
  const public_jwk = { kty: "OKP", crv: "Ed25519", x };
  const deployed = { client_id: "forgeable-deployed", public_jwk, scopes: ["services"], may_act: false };
  const starting = system.start({ SERVICE_ACCOUNTS: [...system.config.SERVICE_ACCOUNTS, deployed] });
  await expect(starting).rejects.toThrow("SERVICE_ACCOUNTS has no usable key for forgeable-deployed");
});
