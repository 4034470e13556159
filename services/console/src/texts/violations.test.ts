import { getOption } from "@bufbuild/protobuf";
import { field as fieldRules, message as messageRules } from "@tessera/contracts/buf/validate/validate_pb.ts";
import { SERVICES } from "@tessera/contracts/catalogue.ts";
import { PATTERN_WORDS } from "@tessera/rpc/validation/pattern-words.ts";
import { expect, test } from "vitest";
import { PATTERNS_FR } from "./patterns.ts";
import { violationText } from "./violations.ts";

const french = (rule: string, description: string) => violationText("fr", { rule, description });

test("each pattern of the contracts is explained in French", () => {
  expect(Object.keys(PATTERNS_FR).toSorted()).toEqual([...new Set(Object.values(PATTERN_WORDS))].toSorted());
});

test("each rule that the contracts state in words has words in French", () => {
  const inputs = SERVICES.flatMap(({ methods }) => methods.map(({ input }) => input));
  const stated = inputs.flatMap((input) => [
    ...getOption(input, messageRules).cel,
    ...input.fields.flatMap((it) => getOption(it, fieldRules).cel),
  ]);
  expect(stated.length).toBeGreaterThan(10);
  for (const { id, message } of stated) expect([id, french(id, message)]).not.toEqual([id, message]);
});

test("numbers and lengths of time of a rule are said in French", () => {
  expect(french("string.max_len", "must be at most 4000 characters").replace(/\s/gu, " ")).toBe(
    "Il faut au plus 4 000 caractères.",
  );
  expect(french("int32.gte_lte", "must be greater than or equal to 1 and less than or equal to 5")).toBe(
    "Il faut entre 1 et 5.",
  );
  expect(
    french("duration.gte_lte", "must be greater than or equal to 300s and less than or equal to 7776000s"),
  ).toBe("Il faut entre 5 minutes et 90 jours.");
  expect(french("required", "is required")).toBe("Il faut remplir ce champ.");
  expect(french("string.min_len", "must be at least 1 characters")).toBe("Il faut au moins 1 caractère.");
});

test("a fault of an area keeps its place", () => {
  expect(french("ring-not-closed", "the ring is open (/coordinates/0, at 10.5, -3)")).toMatch(
    /^La dernière position .*\. \(\/coordinates\/0, à 10\.5, -3\)$/,
  );
});

test("English is as the service says it, and what the console refuses is in the reader's language already", () => {
  expect(violationText("en", { rule: "string.min_len", description: "is required" })).toBe("is required");
  expect(french("console", "C’est vide.")).toBe("C’est vide.");
  expect(french("newer.rule", "says something new")).toBe("says something new");
});
