import { allReasons } from "@tessera/contracts/reason-facts.ts";
import { Refusal } from "@tessera/rpc/refusal.ts";
import { expect, test } from "vitest";
import type { Advice, Metadata } from "./reasons/words.ts";
import { REASON_WORDS, reasonText } from "./reasons.ts";

const sentence = (advice: Advice) =>
  advice.map((part) => (typeof part === "string" ? part : "time" in part ? part.time : part.name)).join("");
const named = (name: string, metadata: Record<string, string> = {}) => {
  const reason = allReasons().find((it) => it.name === name);
  if (reason === undefined) throw new Error(`no contract has ${name}`);
  return new Refusal(reason, { metadata });
};

test("every reason of the contracts has a title in French, and no other reason has words", () => {
  const names = allReasons().map(({ name }) => name);
  expect([...REASON_WORDS.keys()].toSorted()).toEqual(names.toSorted());
  for (const [name, [title]] of REASON_WORDS)
    expect([name, title]).toEqual([name, expect.stringMatching(/^\p{Lu}[^_]*[^.]$/u)]);
});

test("advice uses the metadata that the contract names, the same in both languages", () => {
  for (const { name, metadataKeys } of allReasons()) {
    const [, english, french] = REASON_WORDS.get(name) ?? [];
    const used = [english, french].map((words) => {
      const keys = new Set<string>();
      const watched = new Proxy<Metadata>(
        {},
        {
          get(_, key) {
            keys.add(String(key));
            return String(key).endsWith("_time") ? "2026-11-30T12:00:00Z" : "1";
          },
        },
      );
      if (typeof words === "function") words(watched);
      return [...keys].toSorted();
    });
    expect([name, used[0]]).toEqual([name, used[1]]);
    expect([name, used[0]?.filter((key) => !metadataKeys.includes(key))]).toEqual([name, []]);
  }
});

test("advice without its metadata leaves the sentence out, and never shows a hole", () => {
  for (const { name } of allReasons())
    for (const language of ["en", "fr"] as const) {
      const text = sentence(reasonText(language, named(name)).advice);
      expect([name, text]).toEqual([name, expect.not.stringMatching(/undefined|NaN| \. |^[,.:]/)]);
    }
});

test("a task that somebody holds says until when, and which task somebody holds is a link", () => {
  const locked = { holder_user_id: "7", expire_time: "2026-11-30T12:00:00.000Z" };
  expect(reasonText("fr", named("TASK_LOCKED", locked))).toEqual({
    title: "Quelqu’un tient la tâche",
    advice: [
      { href: "/v1/users/7", name: "Cette personne" },
      " la tient jusqu’au ",
      { time: "2026-11-30T12:00:00.000Z" },
      ". ",
      expect.stringContaining("Choisissez une autre tâche"),
    ],
  });
  const held = { limit: "1", held: "projects/7/tasks/42" };
  expect(reasonText("en", named("LOCK_LIMIT_REACHED", held)).advice).toContainEqual({
    href: "/v1/projects/7/tasks/42",
    name: "task 42",
  });
});

test("in a made-up language titles and advice are marked", () => {
  const { title, advice } = reasonText("en-XA", named("OWN_MAPPING"));
  expect([title, ...advice]).toEqual([
    "[Another person must validate your mapping]",
    "[You mapped this task: validate one of somebody else.]",
  ]);
});
