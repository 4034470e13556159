import { expect, test } from "vitest";
import { NAME_MAX, personIn } from "./user-document.ts";

const PATHS = { subject: ["user", "id"], name: ["user", "display_name"] };
const nameOf = (name: unknown) => personIn({ user: { id: 7, display_name: name } }, PATHS)?.name;

test.each([
  ["Ada", "Ada"],
  ["  Ada\t Lovelace\n", "Ada Lovelace"],
  ["Cafe\u0301", "Café"],
  ["श्रीमान्\u200cको", "श्रीमान्\u200cको"],
  ["می\u200cخواهم", "می\u200cخواهم"],
  ["evil\u202Egnp.exe", "evilgnp.exe"],
  ["A\u200bd\u2060a\u00ad\ufeff\u200f\u061c", "Ada"],
  ["A\u{e0041}da\0\ud800", "Ada"],
  ["\u3164", "user 7"],
  ["\u200b \u2800", "user 7"],
  ["", "user 7"],
  [undefined, "user 7"],
  ["a".repeat(NAME_MAX + 1), "a".repeat(NAME_MAX)],
  ["🇳🇵".repeat(NAME_MAX), "🇳🇵".repeat(127)],
])("a person whom the provider calls %j is called %j", (name, called) => {
  expect(nameOf(name)).toBe(called);
});
