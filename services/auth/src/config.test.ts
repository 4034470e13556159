import { randomBytes } from "node:crypto";
import { ConfigFault } from "@tessera/runtime/config-fault.ts";
import { expect, test } from "vitest";
import { readConfig } from "./config.ts";

const NEEDED = {
  DATABASE_URL: "postgres://auth@localhost/auth",
  TOKEN_ISSUER: "https://auth.test",
  KEY_ENCRYPTION_SECRET: randomBytes(32).toString("hex"),
};

test("what must be given is enough, and signing in by a mere name is off", () => {
  expect(readConfig(NEEDED)).toMatchObject({
    GRPC_HOST: "0.0.0.0",
    GRPC_PORT: 50_051,
    KEYS_PORT: 8_081,
    POOL_SIZE: 16,
    DRAIN_MILLISECONDS: 5_000,
    ACCESS_TOKEN_SECONDS: 600,
    DEVELOPMENT_SIGN_IN: false,
  });
});

test("everything that is wrong is named, and no value is shown", () => {
  const wrong = {
    DEVELOPMENT_SIGN_IN: "yes",
    ACCESS_TOKEN_SECONDS: "0",
    KEY_ENCRYPTION_SECRET: "too-short-canary",
    POOL_SIZE: "1e9",
  };
  try {
    readConfig(wrong);
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigFault);
    const faults = (error as ConfigFault).faults;
    const names = ["DATABASE_URL", "POOL_SIZE", "TOKEN_ISSUER", "ACCESS_TOKEN_SECONDS"];
    for (const name of [...names, "KEY_ENCRYPTION_SECRET", "DEVELOPMENT_SIGN_IN"]) {
      expect(faults.filter((it) => it.startsWith(`${name}: `))).toHaveLength(1);
    }
    expect(String(error)).not.toContain("canary");
  }
});
