import { create } from "@bufbuild/protobuf";
import { UserSchema } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import { Refusal } from "@tessera/rpc/refusal.ts";
import { expect, test } from "vitest";
import { readProfile } from "./profile.ts";

const faultsOf = (work: () => unknown): string[] => {
  try {
    work();
  } catch (error) {
    if (error instanceof Refusal) return error.violations.map(({ field, rule }) => `${field} ${rule}`);
    throw error;
  }
  return [];
};

test("only what the mask names is read, and languages in their canonical form", () => {
  const user = create(UserSchema, { languages: ["PT-br", "zh-hant-tw", "iw"], description: "x" });
  expect(readProfile(user, ["languages"])).toEqual({ languages: ["pt-BR", "zh-Hant-TW", "he"] });
  expect(readProfile(user, ["description"])).toEqual({ description: "x" });
  expect(readProfile(create(UserSchema), ["languages", "description"])).toEqual({
    languages: [],
    description: "",
  });
});

test("everything that is wrong is reported at once, by its path", () => {
  const user = create(UserSchema, { languages: ["en", "x", "EN"] });
  expect(faultsOf(() => readProfile(user, ["languages"]))).toEqual([
    "user.languages[1] languages.tag",
    "user.languages languages.unique",
  ]);
});
