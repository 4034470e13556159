import type { DescMessage } from "@bufbuild/protobuf";
import { getOption, hasOption } from "@bufbuild/protobuf";
import { field as fieldOption } from "@tessera/contracts/buf/validate/validate_pb.ts";
import { SERVICES } from "@tessera/contracts/catalogue.ts";
import { expect, test } from "vitest";
import { PATTERN_WORDS } from "./pattern-words.ts";

test("every pattern of the contracts has words for people", () => {
  const seen = new Set<DescMessage>();
  const patterns = new Set<string>();
  const collect = (desc: DescMessage) => {
    if (seen.has(desc)) return;
    seen.add(desc);
    for (const field of desc.fields) {
      if (field.message !== undefined) collect(field.message);
      if (!hasOption(field, fieldOption)) continue;
      const text = JSON.stringify(getOption(field, fieldOption), (key, value) => {
        if (key === "pattern" && value !== "") patterns.add(value);
        return typeof value === "bigint" ? String(value) : value;
      });
      expect(text).toBeDefined();
    }
  };
  for (const { input } of SERVICES.flatMap(({ methods }) => methods)) collect(input);
  expect([...patterns].filter((it) => !Object.hasOwn(PATTERN_WORDS, it))).toEqual([]);
  expect(patterns.size).toBeGreaterThan(10);
});
