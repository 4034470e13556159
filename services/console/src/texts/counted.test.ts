import { expect, test } from "vitest";
import { countedEn, countedFr, pluralOf } from "./counted.ts";

test("English has a singular for one alone, French for none as well", () => {
  const days = [0, 1, 2, 1_200].map((it) => countedEn(it, "day", "days"));
  expect(days).toEqual(["0 days", "1 day", "2 days", "1,200 days"]);
  const jours = [0, 1, 2, 1_200].map((it) => countedFr(it, "jour", "jours"));
  expect(jours).toEqual(["0 jour", "1 jour", "2 jours", "1\u202f200 jours"]);
});

test("words follow a number that stands elsewhere, in the reader's language", () => {
  expect([
    pluralOf("en", 0, "country", "countries"),
    pluralOf("fr", 0n, "pays urgent", "pays urgents"),
  ]).toEqual(["countries", "pays urgent"]);
  expect(pluralOf("en-XA", 1, "country", "countries")).toBe("country");
});
