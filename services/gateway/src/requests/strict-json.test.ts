import { expect, test } from "vitest";
import { parseStrictJson } from "./strict-json.ts";

const parse = (text: string) => parseStrictJson(Buffer.from(text));

test.each([
  '{"a":{"a":1},"b":[{"a":2},{"a":3}]}',
  '[",",":","{","}"]',
  '{"a\\"":1,"a":"\\\\"}',
  '"\\u0000"',
  "0",
  "[[[]]]",
])("%s is read as JSON.parse reads it", (text) => {
  expect(parse(text)).toEqual(JSON.parse(text));
});

test.each([
  ["", /not JSON/],
  ["{", /not JSON/],
  ['{"a":1,}', /not JSON: it goes wrong at position 7/],
  ["NaN", /not JSON/],
  ['{"a":1,"a":2}', /twice/],
  ['{"a":1,"\\u0061":2}', /twice/],
  ['[{"b":{"c":1,"d":2,"c":3}}]', /twice/],
  ["[".repeat(10_000), /deeper than 64/],
  [`${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`, /deeper than 64/],
])("%s is refused", (text, message) => {
  expect(() => parse(text)).toThrow(message);
});

test("what is not UTF-8 is refused", () => {
  for (const bytes of [[0xff], [0x22, 0xc3, 0x22], [0x22, 0xed, 0xa0, 0x80, 0x22]]) {
    expect(() => parseStrictJson(Uint8Array.from(bytes))).toThrow(/UTF-8/);
  }
});

test("an own name __proto__ stays an own name", () => {
  const value = parse('{"__proto__":{"polluted":true}}') as object;
  expect(Object.hasOwn(value, "__proto__")).toBe(true);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test("8 MB of brackets, quotes or backslashes cost little", () => {
  for (const text of ["[", '"', '\\"', "{}", '"\\\\"']) {
    expect(() => parse(text.repeat(8_000_000 / text.length))).toThrow();
  }
});
