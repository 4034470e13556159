import { expect, test } from "vitest";
import { deployedAccounts } from "./deployed-account-setting.ts";

const account = { client_id: "task", public_jwk: { kty: "OKP" }, scopes: ["services"] };
const faultsOf = (value: unknown) => {
  const read = deployedAccounts.safeParse(typeof value === "string" ? value : JSON.stringify(value));
  return read.success ? [] : read.error.issues.map(({ path }) => path.join("."));
};

test("what is not said is what is safe", () => {
  expect(deployedAccounts.parse(undefined)).toEqual([]);
  expect(deployedAccounts.parse(JSON.stringify([account]))).toEqual([{ ...account, may_act: false }]);
});

test.each<[string, unknown, string]>([
  ["no JSON", "{", ""],
  ["no list", {}, ""],
  ["a client id with a space", [{ ...account, client_id: "a b" }], "0.client_id"],
  [
    "a scope that nothing needs",
    [account, { ...account, client_id: "b-c", scopes: ["everything"] }],
    "1.scopes.0",
  ],
  ["no scope", [{ ...account, scopes: [] }], "0.scopes"],
  ["no key", [{ ...account, public_jwk: undefined }], "0.public_jwk"],
  ["a client id twice", [account, account], ""],
])("of %s the place is named", (_, value, path) => {
  expect(faultsOf(value)).toEqual([path]);
});

test("a member that is not known is a fault", () => {
  expect(faultsOf([{ ...account, may_fly: true }])).toHaveLength(1);
});
