import { expect, test } from "vitest";
import { seal, unseal } from "./seal.ts";

const SECRET = "correct horse battery staple, thirty-two";
const TEXT = '{"d":"private"}';

test("what was sealed opens under the same name and secret", async () => {
  const sealed = await seal(TEXT, "key-1", SECRET);
  expect(sealed.includes("private")).toBe(false);
  expect(await unseal(sealed, "key-1", SECRET)).toBe(TEXT);
});

test("the same text is never sealed to the same bytes", async () => {
  const [one, two] = await Promise.all([seal(TEXT, "key-1", SECRET), seal(TEXT, "key-1", SECRET)]);
  expect(one.equals(two)).toBe(false);
});

test("it opens under no other name, with no other secret, and with no byte changed or missing", async () => {
  const sealed = await seal(TEXT, "key-1", SECRET);
  await expect(unseal(sealed, "key-2", SECRET)).rejects.toThrow();
  await expect(unseal(sealed, "key-1", `${SECRET}!`)).rejects.toThrow();
  await expect(unseal(sealed.subarray(0, 30), "key-1", SECRET)).rejects.toThrow();
  for (const at of [0, 20, 30, sealed.length - 1]) {
    const changed = Buffer.from(sealed);
    changed[at] = (changed[at] as number) ^ 1;
    await expect(unseal(changed, "key-1", SECRET)).rejects.toThrow();
  }
});
