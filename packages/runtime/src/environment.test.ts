import { inspect } from "node:util";
import { expect, test } from "vitest";
import { z } from "zod";
import { ConfigFault } from "./config-fault.ts";
import { flag, milliseconds, port, readEnvironment, secret, url } from "./environment.ts";

const schema = z.object({
  PORT: port,
  DATABASE_URL: url,
  STOP_MS: milliseconds.default(5_000),
  DEBUG: flag.default(false),
  KEY: secret,
});
const RANDOM = "k3Jx9QmZ7vT2bN8wR5yL1cF6hG4dS0aP";
const GOOD = { PORT: "8080", DATABASE_URL: "postgres://a:b@c/d", KEY: RANDOM };

function faultsOf(env: Record<string, string | undefined>): string[] {
  try {
    readEnvironment(schema, env);
  } catch (error) {
    if (error instanceof ConfigFault) return error.faults;
    throw error;
  }
  return [];
}

test("a complete environment is read, with defaults, and other variables are ignored", () => {
  const { KEY, ...rest } = readEnvironment(schema, { ...GOOD, DEBUG: "true", HOME: "/root" });
  expect(rest).toEqual({ PORT: 8080, DATABASE_URL: "postgres://a:b@c/d", STOP_MS: 5_000, DEBUG: true });
  expect(KEY.reveal()).toBe(RANDOM);
});

test("every fault is reported at once, by name and rule and without the value", () => {
  const faults = faultsOf({
    PORT: "http-9999",
    DATABASE_URL: "",
    STOP_MS: "1e3",
    DEBUG: "maybe",
    KEY: "hunter2",
  });
  expect(faults).toEqual([
    "PORT: must be a port: a whole number from 0 to 65535",
    "DATABASE_URL: is required",
    "STOP_MS: must be a whole number of milliseconds, a day (86400000) at most",
    'DEBUG: must be "true" or "false"',
    "KEY: must have 32 characters or more",
  ]);
  expect(faults.join()).not.toMatch(/9999|1e3|maybe|hunter2/);
});

test.each(["-1", "65536", "80.5", " 80", "0x50", "99999999999999999999"])("%j is no port", (text) => {
  expect(faultsOf({ ...GOOD, PORT: text })).toHaveLength(1);
});

test.each([
  "change-me-change-me-change-me-change-me",
  "a".repeat(40),
  "0123456789abcdef0123456789abcdef",
  `password-${RANDOM}`,
])("the secret %j looks like an example and is refused", (text) =>
  expect(faultsOf({ ...GOOD, KEY: text })).toEqual(["KEY: must be random: this one looks like an example"]),
);

test("a secret shows itself only when asked to", () => {
  const { KEY } = readEnvironment(schema, GOOD);
  const shown = [
    String(KEY),
    `${KEY}`,
    JSON.stringify({ KEY }),
    inspect({ KEY }),
    inspect(KEY, { showHidden: true }),
  ];
  for (const text of shown) expect(text).not.toContain(RANDOM);
  expect(JSON.stringify(KEY)).toBe('"[redacted]"');
});
