import type { DescEnum, DescMessage } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { enumWords, hasFrenchWords } from "./enum-words.ts";
import { RESOURCES } from "./resources.ts";

/** The enums of everything that a page may show. */
function enumsIn(message: DescMessage, known: Map<string, DescEnum>, seen: Set<string>): void {
  if (seen.has(message.typeName)) return;
  seen.add(message.typeName);
  for (const field of message.fields) {
    if (field.enum !== undefined) known.set(field.enum.typeName, field.enum);
    if (field.message !== undefined) enumsIn(field.message, known, seen);
  }
}

test("every value of an enum that a page may show has French words: add those missing to FRENCH_VALUES in enum-names.ts", () => {
  const known = new Map<string, DescEnum>();
  const seen = new Set<string>();
  for (const { rpc } of RESOURCES) enumsIn(rpc.output, known, seen);
  expect(known.size).toBeGreaterThan(20);
  const missing = [...known.values()].flatMap((desc) =>
    desc.values
      .filter(({ number }) => number !== 0 && !hasFrenchWords(desc, number))
      .map(({ name }) => `${desc.typeName}: ${name}`),
  );
  expect(missing).toEqual([]);
  const [desc] = [...known.values()].filter(({ name }) => name === "TaskState") as [DescEnum];
  expect([enumWords("en", desc, 1), enumWords("fr", desc, 1), enumWords("en-XA", desc, 1)]).toEqual([
    "Ready",
    "À cartographier",
    "[Ready]",
  ]);
});
