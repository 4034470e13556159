import { expect, test } from "vitest";
import { pinnedKeys } from "./token-algorithm.ts";

test("a key without an algorithm has that of its kind, and one that signs no access tokens is left out", () => {
  const keys = [
    { kid: "1", kty: "OKP", crv: "Ed25519", x: "x" },
    { kid: "2", kty: "RSA", n: "n", e: "e" },
    { kid: "3", kty: "RSA", n: "n", e: "e", alg: "PS256" },
    { kid: "4", kty: "OKP", crv: "X25519", x: "x" },
    { kid: "5", kty: "oct", k: "k" },
    { kid: "6", kty: "EC", crv: "P-256", x: "x", y: "y" },
  ];
  expect(pinnedKeys({ keys }).keys.map(({ kid, alg }) => [kid, alg])).toEqual([
    ["1", "EdDSA"],
    ["2", "RS256"],
  ]);
});
