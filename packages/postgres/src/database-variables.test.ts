import { readEnvironment } from "@tessera/runtime/environment.ts";
import { expect, test } from "vitest";
import { z } from "zod";
import { databaseVariables } from "./database-variables.ts";

const RANDOM = "f3b1c27a90d84e65b2a7";
const read = (url: string) => readEnvironment(z.object(databaseVariables), { DATABASE_URL: url });

test.each([
  ["any password on this machine", "postgres://task:task@localhost/task"],
  ["any password through a socket", "postgres://task:task@%2Frun%2Fpostgresql/task"],
  ["a random password elsewhere", `postgres://task:${RANDOM}@db/task`],
  ["no password, where a certificate proves the service", "postgres://task@db/task?sslmode=verify-full"],
])("%s is taken", (_, url) => {
  expect(() => read(url)).not.toThrow();
});

test.each([
  ["a short one", "postgres://task:f3b1c27a@db/task"],
  ["one of an example", `postgres://task:change-me-${RANDOM}@db/task`],
  ["one with the user in it", "postgres://tessera:tessera-on-this-machine-only@db/task"],
  ["one of several hosts, of which one is elsewhere", "postgres://task:task@localhost,db/task"],
])("a password towards a database elsewhere is refused: %s", (_, url) => {
  expect(() => read(url)).toThrow(/DATABASE_URL: the password must/);
});
