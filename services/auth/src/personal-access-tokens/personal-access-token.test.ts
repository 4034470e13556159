import { createSecretKey, randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import { expect, test } from "vitest";
import {
  deriveToken,
  hashOf,
  isValid,
  newTokenId,
  ownTokenIdIn,
  tokenIdIn,
} from "./personal-access-token.ts";

const key = createSecretKey(randomBytes(32));
const session = { sessionId: "0b7f7f3e-2f0b-4e0a-9d0e-111111111111" };
const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

test("a token has its prefix, its id and a checksum that anybody can check", () => {
  for (let round = 0; round < 200; round++) {
    const tokenId = newTokenId();
    const token = deriveToken(key, { tokenId, ...session });
    expect(token).toMatch(/^tsra_[0-9A-Za-z]{60}$/);
    expect(tokenIdIn(token)).toBe(tokenId);
    const body = token.slice(5, -6);
    const sum = [...token.slice(-6)].reduce((value, digit) => value * 62 + DIGITS.indexOf(digit), 0);
    expect(sum).toBe(crc32(body));
  }
});

test("a token with any one character changed is none, and nothing is looked up for it", () => {
  const token = deriveToken(key, { tokenId: newTokenId(), ...session });
  for (let at = 0; at < token.length; at++) {
    const other = token[at] === "x" ? "y" : "x";
    expect(tokenIdIn(token.slice(0, at) + other + token.slice(at + 1))).toBeUndefined();
  }
});

test("a token that another deployment made has a right checksum, and is known as forged by its mark", () => {
  for (let round = 0; round < 200; round++) {
    const token = deriveToken(key, { tokenId: newTokenId(), ...session });
    expect(ownTokenIdIn(key, token)).toBe(tokenIdIn(token));
    const forged = deriveToken(createSecretKey(randomBytes(32)), { tokenId: newTokenId(), ...session });
    expect(tokenIdIn(forged)).toBeDefined();
    expect(ownTokenIdIn(key, forged)).toBeUndefined();
  }
});

test("another key, another id or another session makes another token, and the same the same", () => {
  const named = { tokenId: newTokenId(), ...session };
  const token = deriveToken(key, named);
  expect(deriveToken(key, named)).toBe(token);
  expect(deriveToken(createSecretKey(randomBytes(32)), named)).not.toBe(token);
  const other = deriveToken(key, { ...named, sessionId: "0b7f7f3e-2f0b-4e0a-9d0e-222222222222" });
  expect(other.slice(0, 16)).toBe(token.slice(0, 16));
  expect(other).not.toBe(token);
});

test("a token is valid until it expires or is revoked", () => {
  const now = new Date();
  const tokenId = newTokenId();
  const token = deriveToken(key, { tokenId, ...session });
  const stored = {
    ...{ tokenId, ...session, userId: 1n, name: "x", tokenHash: hashOf(token), scopes: [], createTime: now },
    ...{ expireTime: new Date(now.getTime() + 1), lastUseTime: null, revokeTime: null, revision: 1n },
  };
  expect(isValid(stored, token, now)).toBe(true);
  expect(isValid(stored, `${token}x`, now)).toBe(false);
  expect(isValid(stored, token, stored.expireTime)).toBe(false);
  expect(isValid({ ...stored, revokeTime: now }, token, now)).toBe(false);
});
