import { expect, test } from "vitest";
import { LockSchema } from "../gen/tessera/task/v1/lock_pb.ts";
import { LockService } from "../gen/tessera/task/v1/lock_service_pb.ts";
import { REASONS, SERVICES } from "./catalogue.ts";
import { commentOf } from "./comments.ts";

test("every part of the contracts has its comment", () => {
  const rpcs = SERVICES.flatMap((it) => it.methods);
  const messages = rpcs
    .flatMap((it) => [it.input, it.output])
    .filter((it) => it.typeName.startsWith("tessera."));
  const values = REASONS.flatMap((it) => it.values);
  const parts = [
    ...SERVICES,
    ...rpcs,
    ...messages,
    ...messages.flatMap((it) => it.fields),
    ...REASONS,
    ...values,
  ];
  expect(parts.length).toBeGreaterThan(500);
  expect(parts.filter((it) => commentOf(it) === "")).toEqual([]);
});

test("a comment is text, whose paragraphs are kept", () => {
  expect(commentOf(LockService.method.lockTask)).toMatch(/^[A-Z][^/]*\.\n\n[^/]/);
  expect(commentOf(LockSchema)).not.toContain("//");
});

test("the comment of a reason says what it means, and after an empty line what to do about it", () => {
  const values = REASONS.flatMap((it) => it.values).filter(({ number }) => number !== 0);
  expect(values.filter((it) => commentOf(it).split("\n\n").length < 2).map(({ name }) => name)).toEqual([]);
});
