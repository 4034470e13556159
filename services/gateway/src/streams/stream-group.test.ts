import { expect, test } from "vitest";
import { type Reader, StreamGroup } from "./stream-group.ts";

const never = new AbortController().signal;

/** A reader that takes what it is sent, unless it is stuck. */
function reader(position = "") {
  const texts: string[] = [];
  const response = { writableLength: 0, write: (bytes: Buffer) => texts.push(bytes.toString()) > 0 };
  return { position, texts, response: response as Reader["response"] & { writableLength: number } };
}

function publish(group: StreamGroup, from: number, to: number, bytes = ""): void {
  for (let at = from; at <= to; at++) group.publish(String(at), Buffer.from(`${at}${bytes} `));
}

test("events that come together are one write", async () => {
  const group = new StreamGroup();
  const [leader, follower] = [reader(), reader("1")];
  group.leads(leader);
  publish(group, 1, 3);
  const following = group.follow(follower, never);
  expect(follower.texts).toEqual(["2 3 "]);
  publish(group, 4, 6);
  await expect.poll(() => follower.texts).toEqual(["2 3 ", "4 5 6 "]);
  expect(follower.position).toBe("6");
  publish(group, 7, 7);
  group.resign(leader);
  // What comes from the next leader comes after all that the last one brought.
  expect([await following, follower.texts.at(-1), group.isLedBy(follower)]).toEqual(["leads", "7 ", true]);
});

test("a reader that takes less than comes is sent no more, and is not waited for", async () => {
  const group = new StreamGroup();
  const [leader, stuck, quick] = [reader(), reader("1"), reader("1")];
  group.leads(leader);
  publish(group, 1, 1);
  const [behind, following] = [group.follow(stuck, never), group.follow(quick, never)];
  stuck.response.writableLength = 1024 * 1024;
  publish(group, 2, 2);
  expect(await behind).toBe("behind");
  expect([stuck.texts, stuck.position, quick.texts]).toEqual([[], "1", ["2 "]]);
  stuck.response.writableLength = 0;
  const leaving = new AbortController();
  const again = group.follow(stuck, leaving.signal);
  expect(stuck.texts).toEqual(["2 "]);
  leaving.abort();
  expect(await again).toBe(undefined);
  group.resign(leader);
  expect(await following).toBe("leads");
});

test("what is kept is bounded, and nobody who follows misses what is forgotten", async () => {
  const group = new StreamGroup();
  const [leader, follower] = [reader(), reader("1")];
  group.leads(leader);
  publish(group, 1, 1);
  const following = group.follow(follower, never);
  publish(group, 2, 3_000);
  expect([group.has("1"), group.has("3000")]).toEqual([false, true]);
  expect(await group.follow(reader("1"), never)).toBe("behind");
  publish(group, 3_001, 3_010, "x".repeat(300_000));
  expect([group.has("3000"), group.has("3010")]).toEqual([false, true]);
  group.resign(leader);
  await following;
  const numbers = follower.texts
    .join("")
    .split(" ")
    .filter(Boolean)
    .map((it) => Number.parseInt(it, 10));
  expect(numbers).toEqual(Array.from({ length: 3_009 }, (_, at) => at + 2));
  group.resign(follower);
  expect(group.isEmpty).toBe(true);
});

test("one who leads anew begins with nothing of what another read", () => {
  const group = new StreamGroup();
  const [before, after] = [reader(), reader()];
  group.leads(before);
  publish(group, 1, 2);
  group.resign(before);
  expect([group.has("2"), group.leads(after), group.has("2")]).toEqual([true, true, false]);
});
