import { expect, test } from "vitest";
import { createLog } from "./log.ts";

function logged(write: (log: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = [];
  write(createLog({ name: "test", level: "info", destination: { write: (line) => void lines.push(line) } }));
  return lines.join("");
}

test("a line is JSON with level, time, name and message", () => {
  const line = JSON.parse(logged((log) => log.info({ rpc: "LockTask" }, "done")));
  expect(line).toEqual({
    level: "info",
    time: expect.any(String),
    name: "test",
    rpc: "LockTask",
    msg: "done",
  });
  expect(new Date(line.time).toISOString()).toBe(line.time);
});

test("lines below the level are not written", () => {
  expect(logged((log) => log.debug("no"))).toBe("");
});

test("secrets are not written by their usual names", () => {
  const canary = "canary-31415";
  const text = logged((log) => {
    log.info({ authorization: canary, password: canary, user: { token: canary } });
    log.info({ request: { headers: { authorization: canary, cookie: canary, "set-cookie": canary } } });
  });
  expect(text).not.toContain(canary);
  expect(text).toContain("[redacted]");
});

test("an error is written with its code, stack and causes, but without its other fields", () => {
  const cause = Object.assign(new Error("inner"), {
    code: "23505",
    detail: "Key (email)=(canary)",
    parameters: ["canary"],
  });
  const text = logged((log) => log.error({ err: new Error("outer", { cause }) }, "failed"));
  const { err } = JSON.parse(text);
  expect(err).toMatchObject({ type: "Error", message: "outer", cause: { message: "inner", code: "23505" } });
  expect(err.stack).toContain("log.test.ts");
  expect(text).not.toContain("canary");
});

test.each([
  "connect to postgres://tessera:canary@db:5432/task failed",
  "postgres://tessera:p@canary@db/task",
  "token eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJjYW5hcnkifQ.canary is bad",
  "header Authorization: Bearer canary",
])("what an error's message says is cleaned: %s", (message) => {
  for (const text of [
    logged((log) => log.error(new Error(message))),
    logged((log) => log.error({ error: message })),
  ]) {
    expect(text).not.toMatch(/canary|eyJ/);
  }
});

test("a chain of causes that never ends is cut", () => {
  const error = new Error("loop");
  error.cause = error;
  expect(logged((log) => log.error({ err: error })).length).toBeLessThan(30_000);
});
