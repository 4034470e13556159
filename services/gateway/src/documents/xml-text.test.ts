import { expect, test } from "vitest";
import { placeAttributes, xmlText } from "./xml-text.ts";

const isForbidden = (code: number) =>
  (code < 0x20 && ![0x9, 0xa, 0xd].includes(code)) ||
  (code >= 0xd800 && code <= 0xdfff) ||
  code === 0xfffe ||
  code === 0xffff;

test("every character of the basic plane is as XML 1.0 allows it", () => {
  const markup = new Map([..."\t\n\r&<>\"'"].map((it) => [it, true]));
  for (let code = 0; code <= 0xffff; code++) {
    const text = String.fromCharCode(code);
    const expected = isForbidden(code) ? "\ufffd" : markup.has(text) ? /^&(#\d+|[a-z]+);$/ : text;
    expect(xmlText(text), code.toString(16)).toEqual(
      expected instanceof RegExp ? expect.stringMatching(expected) : expected,
    );
  }
});

test.each([
  ["a<b>&\"c\" 'd'", "a&lt;b&gt;&amp;&quot;c&quot; &apos;d&apos;"],
  ["\ud83d\ude00 \u{10ffff}", "\u{1f600} \u{10ffff}"],
  ["\ud83d \ude00", "\ufffd \ufffd"],
  ["]]>", "]]&gt;"],
  ["a\tb\nc\rd", "a&#9;b&#10;c&#13;d"],
])("%j is %j", (text, expected) => {
  expect(xmlText(text)).toBe(expected);
});

test.each([
  [180, -90, 'lat="-90.0000000" lon="180.0000000"'],
  [-1e-9, 1e-9, 'lat="0.0000000" lon="0.0000000"'],
  [85.31234567, 27.7, 'lat="27.7000000" lon="85.3123457"'],
])("%d, %d has seven decimals", (longitude, latitude, expected) => {
  expect(placeAttributes(longitude, latitude)).toBe(expected);
});
