import { create } from "@bufbuild/protobuf";
import { ProjectSchema } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { expect, test } from "vitest";
import { bestLanguage, inLanguage } from "./shown-language.ts";

test.each([
  [["fr"], "fr"],
  [["fr-CA"], "fr"],
  [["pt-BR"], "pt-BR"],
  [["pt"], "pt-BR"],
  [["pt-PT"], "pt-PT"],
  [["pt-AO"], "pt-BR"],
  [["zh-TW"], "zh-Hant"],
  [["zh-CN"], undefined],
  [["de", "fr"], "fr"],
  [["EN-us"], "en"],
  [["sr-Latn"], undefined],
  [["nonsense-nonsense-x"], undefined],
  [[], undefined],
])("of what there is, %j gets %s", (wanted, best) => {
  expect(bestLanguage(wanted, ["en", "fr", "pt-BR", "pt-PT", "zh-Hant", "sr-Cyrl"])).toBe(best);
});

const project = create(ProjectSchema, {
  name: "Roofs",
  shortDescription: "After the flood",
  instructions: "First",
  defaultLanguage: "en",
  translations: [{ language: "fr", name: "Toits", instructions: "D'abord", description: "Pas ici" }],
});

test("a project is shown in a language, and in the default one where it is not written", () => {
  expect(inLanguage(project, ["fr-CA"])).toMatchObject({
    name: "Toits",
    shortDescription: "After the flood",
    instructions: "D'abord",
    language: "fr",
  });
  expect(inLanguage(project, ["fr"]).description).toBeUndefined();
});

test("a project that has none of the languages says that it shows its default", () => {
  expect(inLanguage(project, ["ne"])).toMatchObject({ name: "Roofs", language: "en" });
  expect(inLanguage(project, [])).toBe(project);
});
