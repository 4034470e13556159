import fc from "fast-check";
import { expect, test } from "vitest";
import { isSpelledNearly } from "./spelling.ts";

const letter = fc.constantFrom(..."abcdeкहمé");
const wordOf = (minLength: number, maxLength: number) =>
  fc.array(letter, { minLength, maxLength }).map((letters) => letters.join(""));
/** One fault, somewhere: a letter wrong, missing, too many, or exchanged with the next one. */
const fault = fc.record({ kind: fc.integer({ min: 0, max: 3 }), at: fc.nat(), letter });
type Fault = { kind: number; at: number; letter: string };

function withFault(word: string, { kind, at: index, letter: other }: Fault): string {
  const letters = [...word];
  const at = index % letters.length;
  if (kind === 0) letters[at] = other;
  if (kind === 1) letters.splice(at, 1);
  if (kind === 2) letters.splice(at, 0, other);
  if (kind === 3) letters.splice(at, 2, ...letters.slice(at, at + 2).toReversed());
  return letters.join("");
}

test("one fault in four letters or more is near", () => {
  fc.assert(
    fc.property(wordOf(4, 12), fault, (word, it) => {
      expect(isSpelledNearly(word, withFault(word, it))).toBe(true);
    }),
  );
});

test("two faults in six letters or more are near, where they touch different letters", () => {
  fc.assert(
    fc.property(wordOf(8, 12), fault, fault, (word, one, other) => {
      const [start, end] = [word.slice(0, 4), word.slice(4)];
      const wrong = withFault(start, one) + withFault(end, other);
      expect(isSpelledNearly(word, wrong)).toBe(true);
    }),
  );
});

test.each([
  ["lima", "lima", true],
  ["lim", "lim", true],
  ["lim", "lima", false],
  ["lima", "lome", false],
  ["nepal", "nepsal", true],
  ["nepal", "tibet", false],
  ["manila", "malina", true],
  ["kathmandu", "katmandoo", false],
  ["харків", "харьков", true],
  ["काठमाडौं", "काठमांडू", false],
])("%s and %s: %s", (word, other, expected) => {
  expect(isSpelledNearly(word, other)).toBe(expected);
});

test("words of no common letter are far", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 3, maxLength: 60 }), (text) => {
      expect(isSpelledNearly(text, "\u{10fffd}".repeat([...text].length))).toBe(false);
    }),
  );
});
