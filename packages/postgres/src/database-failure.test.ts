import { expect, test } from "vitest";
import { databaseFailure } from "./database-failure.ts";
import { DatabaseUnavailable } from "./database-unavailable.ts";

const withCode = (code: unknown) => Object.assign(new Error("failed"), { code });

test.each([
  "08006",
  "08P01",
  "57P01",
  "57P03",
  "53300",
  "25006",
  "28P01",
  "28000",
  "3D000",
  "53100",
  "53200",
  "58030",
  "XX001",
  "ECONNREFUSED",
  "CONNECT_TIMEOUT",
  "CONNECTION_CLOSED",
])("%s means that the database cannot be asked", (code) =>
  expect(databaseFailure(withCode(code))).toBe("unavailable"),
);

test.each([
  ["40001", "conflict"],
  ["40P01", "conflict"],
  ["57014", "timeout"],
  ["55P03", "timeout"],
  ["25P04", "timeout"],
])("%s is a %s", (code, failure) => expect(databaseFailure(withCode(code))).toBe(failure));

test.each(["23505", "42601", "0800", "08", "XX000", "42501", "toString", "constructor", 40001, undefined])(
  "%s is a bug",
  (code) => expect(databaseFailure(withCode(code))).toBeUndefined(),
);

test("what is no error at all is no failure of the database", () => {
  for (const thrown of [undefined, null, "ECONNREFUSED", { code: "ECONNREFUSED" }]) {
    expect(databaseFailure(thrown)).toBeUndefined();
  }
});

test("a host whose every address refuses is unavailable", () => {
  const error = new AggregateError([withCode("EAFNOSUPPORT"), withCode("ECONNREFUSED")]);
  expect(databaseFailure(error)).toBe("unavailable");
});

test("our own refusal to wait is unavailable", () => {
  expect(databaseFailure(new DatabaseUnavailable("down"))).toBe("unavailable");
});
