import { randomBytes } from "node:crypto";
import type { ConfigFault } from "@tessera/runtime/config-fault.ts";
import { expect, test } from "vitest";
import { readConfig } from "../config.ts";
import { upstreamSettings } from "../upstream/upstream-config.ts";

const NEEDED = {
  DATABASE_URL: "postgres://auth@localhost/auth",
  TOKEN_ISSUER: "https://auth.test",
  KEY_ENCRYPTION_SECRET: randomBytes(32).toString("hex"),
};
const client = (changes: object) =>
  JSON.stringify([{ client_id: "app", redirect_uris: ["https://app.test/callback"], ...changes }]);

/** The variables that are found wrong. */
function faultsOf(environment: Record<string, string>): string[] {
  try {
    readConfig({ ...NEEDED, ...environment });
    return [];
  } catch (error) {
    return (error as ConfigFault).faults.map((it) => it.split(/[.:]/)[0] as string);
  }
}

test("OpenStreetMap is the identity provider as soon as there is a client id, and nobody is before", () => {
  expect(upstreamSettings(readConfig(NEEDED))).toBeUndefined();
  const settings = upstreamSettings(readConfig({ ...NEEDED, UPSTREAM_CLIENT_ID: "ours" }));
  expect(settings).toMatchObject({
    provider: "openstreetmap",
    scope: "read_prefs",
    issuer: undefined,
    endpoints: {
      authorization_endpoint: "https://www.openstreetmap.org/oauth2/authorize",
      token_endpoint: "https://www.openstreetmap.org/oauth2/token",
    },
    userUrl: "https://www.openstreetmap.org/api/0.6/user/details.json",
    paths: { subject: ["user", "id"], name: ["user", "display_name"] },
  });
});

test.each([
  ["no JSON", "{"],
  ["no list", "{}"],
  ["a client twice", `[${client({}).slice(1, -1)},${client({}).slice(1, -1)}]`],
  ["no redirect URI", client({ redirect_uris: [] })],
  ["plain HTTP", client({ redirect_uris: ["http://app.test/"] })],
  ["a wildcard of a scheme", client({ redirect_uris: ["javascript:alert(1)"] })],
  ["a fragment", client({ redirect_uris: ["https://app.test/#x"] })],
  ["a user", client({ redirect_uris: ["https://a:b@app.test/"] })],
  ["a name of this machine", client({ redirect_uris: ["http://localhost/"] })],
  ["a scope that people do not have", client({ scopes: ["services"] })],
  ["a secret as it is", client({ client_secret_sha256: "secret" })],
  ["a member that nobody knows", client({ redirect_uri: "https://app.test/" })],
])("clients are refused at the start: %s", (_, text) => {
  expect(faultsOf({ OAUTH_CLIENTS: text })).toEqual(["OAUTH_CLIENTS"]);
});

test.each([
  ["UPSTREAM_PROVIDER", "development"],
  ["UPSTREAM_ISSUER", "http://idp.test"],
  ["UPSTREAM_TOKEN_URL", "http://10.0.0.1/token"],
  ["UPSTREAM_SUBJECT_PATH", "user..id"],
  ["UPSTREAM_CLIENT_AUTH", "none"],
  ["PUBLIC_URL", "ftp://auth.test"],
  ["PUBLIC_URL", "https://auth.test/?x=1"],
  ["TRUSTED_PROXIES", "everybody"],
  ["RATE_LIMIT_PERCENT", "-1"],
])("%s may not be %s", (name, value) => {
  expect(faultsOf({ [name]: value })).toEqual([name]);
});
