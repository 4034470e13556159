import { TextKind } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { plainText, plainTextOf, readText } from "./text.ts";

const { LINE, PARAGRAPHS } = TextKind;

/** What is written in many languages, in NFC, with the joiners that some words need. */
const WRITTEN = [
  ["Nepali", "भूकम्प प्रतिकार्य – काठमाडौं"],
  ["Nepali, eyelash ra", "गर्\u200dयो"],
  ["Nepali, a visible halanta", "श्रीमान्\u200cको श्रीमान्\u200c"],
  ["Newari", "𑐣𑐾𑐥𑐵𑐮\u{11442}\u200dय"],
  ["Hindi", "क्\u200dष क्\u200cष"],
  ["Bengali", "র\u200d্যালি র\u200d্যাব উৎসব"],
  ["Sinhala", "ශ්\u200dරී ලංකා"],
  ["Malayalam, an old chillu", "അവന്\u200d"],
  ["Kannada", "ರ\u200d್ಯ"],
  ["Tamil", "தமிழ்"],
  ["Persian", "می\u200cخواهم خانه\u200cای"],
  ["Persian, after a foreign word and after a number", "OSM\u200cها ۲۰\u200cساله 20\u200cساله"],
  ["Persian with vowel signs", "مِی\u200cخواهم"],
  ["Arabic", "مشروع رسم الخرائط ـ اليَمَن، ٢٠٢٦"],
  ["Urdu and Sorani", "زلزلہ پیش کەن"],
  ["Hebrew", "מִפּוּי"],
  ["Malagasy", "Fanaovana sarintany — n̈y Madagasikara"],
  ["Khmer, a place to break a line", "ភូមិ\u200bសាលា"],
  ["Thai", "แผนที่\u200bประเทศ"],
  ["Burmese", "မြန်မာ"],
  ["Mongolian", "ᠮᠣᠩᠭᠣᠯ ᠠ\u180b"],
  ["Chinese and Japanese", "地図・マッピング"],
  ["Korean", "지도 프로젝트"],
  ["Vietnamese", "Bản đồ Việt Nam"],
  ["French", "Île-d’Ouessant : l’été"],
  ["Amharic", "የኢትዮጵያ ካርታ"],
  ["emoji", "🗺️ ⚡️ ❤️ 👩🏽‍💻 👨‍👩‍👧 🏳️‍🌈 🇳🇵 1️⃣ 🏴󠁧󠁢󠁥󠁮󠁧󠁿"],
  ["signs", 'A & B <c> "d" #7 %20 100 m² ½'],
] as const;

describe.each(WRITTEN)("a line in %s", (_, text) => {
  test("is taken, and kept letter for letter", () => {
    expect(text.normalize("NFC")).toBe(text);
    expect(readText(LINE, text)).toEqual({ text });
    expect(plainText(LINE, text)).toBe(text);
    expect(readText(PARAGRAPHS, text)).toEqual({ text });
  });

  test("has one form, however it is typed", () => {
    expect(readText(LINE, text.normalize("NFD"))).toEqual({ text });
    expect(readText(PARAGRAPHS, text.normalize("NFD"))).toEqual({ text });
  });
});

test.each([
  ["letters that keyboards for Bengali have and NFC has not", "\u09df\u09dc", "\u09af\u09bc\u09a1\u09bc"],
  ["letters that keyboards for Hindi have and NFC has not", "\u095b", "\u091c\u093c"],
  ["spaces at the ends", "  Kathmandu ", "Kathmandu"],
  ["spaces of other kinds", "\u3000東京\u3000地図\u00a0", "東京 地図"],
  ["several spaces", "a  b\u2003 c", "a b c"],
])("%s are kept in one form", (_, sent, text) => {
  expect(readText(LINE, sent)).toEqual({ text });
});

const code = (at: number) => String.fromCodePoint(at);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => code(from + at));

const DIRECTION = ["\u061c", "\u200e", "\u200f", ...range(0x202a, 0x202e), ...range(0x2066, 0x2069)];
const CONTROL = [...range(0, 0x1f), ...range(0x7f, 0x9f), "\u2028", "\u2029"];
const INVISIBLE = [
  ..."\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b\u180e\u200b\u200c\u200d\u2060\u2061\u2064\u206a\u206f\u2800\u3164\ufeff\uffa0\ufff9",
  ...[
    "\ufe0e",
    "\ufe0f",
    "\u{1bca0}",
    "\u{1d173}",
    "\u{e0001}",
    "\u{e0041}",
    "\u{e007f}",
    "\u{e0100}",
    "\u{e01ef}",
  ],
];
const MEANINGLESS = ["\ud800", "\udc00", "\ue000", "\u{f0000}", "\ufffe", "\ufdd0", "\u{1ffff}"];

test.each([
  ["text.direction", DIRECTION],
  ["text.control", CONTROL],
  ["text.invisible", INVISIBLE],
  ["text.meaning", MEANINGLESS],
])("a line is refused as %s, wherever the character stands", (rule, characters) => {
  for (const it of characters) {
    for (const text of [`${it}Map`, `Ma${it}p`, `Map${it}`, `Map ${it} it`, `Map${it}${it}it`]) {
      expect([text, readText(LINE, text).fault?.rule]).toEqual([text, rule]);
      expect(plainText(LINE, text)).toMatch(/^Ma ?p( ?it)?$/);
    }
    expect(readText(LINE, it).fault).toBeDefined();
    expect(plainText(LINE, it)).toBe("");
  }
});

test("a refusal names the rule, the character and its position", () => {
  expect(readText(LINE, "🗺️ Map\u202e!").fault?.description).toBe(
    "must not have characters that change the direction of writing: character 7 is U+202E",
  );
  expect(readText(LINE, "a\u{e0041}").fault?.description).toBe(
    "must not have invisible characters where no script needs them: character 2 is U+E0041",
  );
  expect(readText(LINE, "a\nb").fault?.description).toBe(
    "must be of one line, without control characters: character 2 is U+000A",
  );
});

test.each([
  ["a joiner between Latin letters", "Ma\u200dp"],
  ["a joiner at the end of an Arabic word", "خانه\u200c"],
  ["two joiners", "می\u200c\u200cخواهم"],
  ["a joiner beside a space", "می\u200c خواهم"],
  ["a joiner between a Latin letter and its mark", "a\u200d\u0308"],
  ["a selector after a digit", "Team 1\ufe0f"],
  ["a flag of tags that is none", "🏴\u{e0041}\u{e0042}\u{e007f}"],
])("%s is refused", (_, text) => {
  expect(readText(LINE, text).fault?.rule).toBe("text.invisible");
});

test("a text has something that can be seen", () => {
  for (const text of ["\u0301", " ", " \u00a0\u3000"]) {
    expect(readText(LINE, text).fault?.rule).toBe("text.blank");
    expect(plainText(LINE, text)).toBe("");
  }
  expect(readText(LINE, "")).toEqual({ text: "" });
  for (const text of ["\u200b", "\u2800\n", "\u3164"])
    expect(readText(PARAGRAPHS, text).fault?.rule).toBe("text.blank");
  expect(readText(PARAGRAPHS, " \n\t ")).toEqual({ text: "" });
});

test.each([LINE, PARAGRAPHS])("a letter has 30 marks at most (kind %i)", (kind) => {
  const many = (count: number) => `a${"\u0301\u0323".repeat(count / 2)}b`;
  expect(readText(kind, many(30)).fault).toBeUndefined();
  expect(readText(kind, many(32)).fault?.rule).toBe("text.marks");
  // NFC makes two marks of each.
  expect(readText(kind, `a${"\u0344".repeat(20)}`).fault?.rule).toBe("text.marks");
  // A million marks, which NFC puts in order in minutes.
  expect(plainText(kind, many(1_000_000)).length).toBeLessThan(40);
  expect(readText(kind, many(1_000_000)).fault?.rule).toBe("text.marks");
});

test.each([
  ["line breaks and tabs", "a\n\tb\r\nc\n"],
  ["marks of direction, and what is copied with a text", "\ufeffa\u200eb\u200f\u061c\u00ad\u200b"],
  ["embeddings and isolates that end on their line", "a\u2067b \u202ac\u202c\u2069\n\u202bd\u202c"],
])("paragraphs have %s", (_, text) => {
  expect(readText(PARAGRAPHS, text)).toEqual({ text });
  expect(plainText(PARAGRAPHS, text)).toBe(text);
});

test.each([
  ["text.control", ["\0", "\u0007", "\u000b", "\u007f", "\u0085", "\u009f"]],
  [
    "text.direction",
    ["\u202d", "\u202d\u202c", "\u202e", "\u2066", "\u2069", "\u202b\nc\u202c", "\u2066\u202b\u2069"],
  ],
  ["text.invisible", ["\u{e0001}", "\u{e0041}", "\u{e007f}"]],
  ["text.meaning", ["\ud800", "\ufffe"]],
])("paragraphs are refused as %s", (rule, texts) => {
  for (const it of texts) {
    const text = `a\n${it}b`;
    expect([text, readText(PARAGRAPHS, text).fault?.rule]).toEqual([text, rule]);
    expect(plainText(PARAGRAPHS, text)).toMatch(/^a\n(\n?c)?b$|^a\n\ncb$/);
  }
});

test("a text that is too long ends between two characters", () => {
  expect(plainTextOf(LINE, 5, "Kathmandu")).toBe("Kathm");
  expect(plainTextOf(LINE, 5, "Kath mandu")).toBe("Kath");
  expect(plainTextOf(LINE, 8, `👨‍👩‍👧 👨‍👩‍👧`)).toBe("👨‍👩‍👧");
  expect(plainTextOf(LINE, 3, "می\u200cخواهم")).toBe("می");
  expect(plainTextOf(LINE, 4, "👨‍👩‍👧")).toBe("");
  expect(plainTextOf(PARAGRAPHS, 4, "a\u2067bc\u2069d")).toBe("abc");
});

/** Texts of characters that the rules are about, side by side. */
const anyText = fc.string({
  unit: fc.oneof(
    fc.constantFrom(..."aé क्ीমیه️가1#🏴👩❤ᠠស\n\t", "\u0344", "\u0958", "\u200c", "\u200d", "\u200b", "\ufe0f"),
    fc.constantFrom(...DIRECTION, ...INVISIBLE, ...MEANINGLESS),
    fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
  ),
  maxLength: 20,
});

test.each([LINE, PARAGRAPHS])(
  "a text that was read, or made plain, is read as it stands (kind %i)",
  (kind) => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 12 }), (text, longest) => {
        const read = readText(kind, text);
        if (read.fault === undefined) {
          expect(readText(kind, read.text)).toEqual(read);
          expect(plainText(kind, text)).toBe(read.text);
        }
        const plain = plainText(kind, text);
        expect(readText(kind, plain)).toEqual({ text: plain });
        const short = plainTextOf(kind, longest, text);
        expect(readText(kind, short)).toEqual({ text: short });
        expect([...short].length).toBeLessThanOrEqual(longest);
      }),
      { numRuns: 20_000 },
    );
  },
);
