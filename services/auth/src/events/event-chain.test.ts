import { expect, test } from "vitest";
import { type ChainedEvent, chainHash, NO_HASH } from "./event-chain.ts";

const event: ChainedEvent = {
  position: 1n,
  eventId: "0b7f7f3e-2f0b-4e0a-9d0e-111111111111",
  kind: 13,
  actor: 2n,
  clientId: "tessera",
  userId: 3n,
  organisationId: 4,
  teamId: 5,
  details: { reason: "spam", to: "x" },
  commitText: "2026-01-01T00:00:00.000001Z",
};

test("the same event after the same hash has the same hash, however its details are ordered", () => {
  const turned = { ...event, details: { to: "x", reason: "spam" } };
  expect(chainHash(NO_HASH, turned)).toEqual(chainHash(NO_HASH, event));
  expect(chainHash(NO_HASH, event)).toHaveLength(32);
});

const OTHERS: Partial<ChainedEvent>[] = [
  { position: 2n },
  { eventId: "0b7f7f3e-2f0b-4e0a-9d0e-111111111112" },
  { kind: 14 },
  { actor: 3n },
  { clientId: "tessera2" },
  { userId: 2n },
  { organisationId: 5 },
  { teamId: 4 },
  { details: { reason: "spam", to: "y" } },
  { details: { reason: "spam" } },
  { commitText: "2026-01-01T00:00:00.000002Z" },
];

test("an event that differs in anything has another hash", () => {
  for (const difference of OTHERS)
    expect(chainHash(NO_HASH, { ...event, ...difference })).not.toEqual(chainHash(NO_HASH, event));
});

test("every field of an event is covered", () => {
  expect(new Set(OTHERS.flatMap(Object.keys))).toEqual(new Set(Object.keys(event)));
});

test("the same event after another hash has another hash", () => {
  expect(chainHash(Buffer.from("a"), event)).not.toEqual(chainHash(NO_HASH, event));
});
