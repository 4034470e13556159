import { MappingLevel, SystemRole, UserKind } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import { Refusal } from "@tessera/rpc/refusal.ts";
import { expect, test } from "vitest";
import {
  acting,
  admissible,
  block,
  changeProfile,
  type Known,
  pseudonymise,
  type StoredUser,
  setLevel,
  setRole,
  shown,
  unblock,
} from "./user.ts";

const { MAPPER, ADMINISTRATOR } = SystemRole;
const NOW = new Date("2026-01-01T00:00:00Z");

function user(difference: Partial<StoredUser> = {}): StoredUser {
  return {
    userId: 7n,
    kind: UserKind.PERSON,
    name: "Somebody",
    systemRole: MAPPER,
    mappingLevel: MappingLevel.BEGINNER,
    languages: ["de"],
    description: "Maps.",
    blocked: false,
    blockTime: null,
    blockActor: 0n,
    blockReason: "",
    deleted: false,
    tokenVersion: 3,
    revision: 5n,
    ...difference,
  };
}

const administrator = user({ userId: 1n, systemRole: ADMINISTRATOR });
const known = (difference: Partial<Known> = {}): Known => ({
  caller: administrator,
  target: user(),
  otherAdministrators: 1,
  ...difference,
});

function reasonOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof Refusal) return error.reason.name;
    throw error;
  }
  return "OK";
}

test("a blocked user is refused, and a deleted one is unknown", () => {
  expect(admissible(user())).toEqual(user());
  expect(reasonOf(() => admissible(user({ blocked: true })))).toBe("USER_BLOCKED");
  expect(admissible(user({ deleted: true }))).toBeUndefined();
  expect(admissible(undefined)).toBeUndefined();
  expect(reasonOf(() => acting(user({ deleted: true })))).toBe("TOKEN_INVALID");
  expect(reasonOf(() => acting(undefined))).toBe("TOKEN_INVALID");
});

test("refusals come in their order", () => {
  const mapper = user({ userId: 8n });
  const nobody = { target: undefined };
  const stale = 4n;
  expect(reasonOf(() => setRole(known({ caller: mapper, ...nobody }), 7n, MAPPER, stale))).toBe(
    "NOT_ADMINISTRATOR",
  );
  expect(reasonOf(() => setRole(known(nobody), 7n, MAPPER, stale))).toBe("USER_NOT_FOUND");
  const last = { target: administrator, otherAdministrators: 0 };
  expect(reasonOf(() => setRole(known(last), 1n, MAPPER, stale))).toBe("USER_CHANGED");
  expect(reasonOf(() => setRole(known(last), 1n, MAPPER, 5n))).toBe("LAST_ADMINISTRATOR");
  expect(reasonOf(() => setRole(known(last), 1n, ADMINISTRATOR, 5n))).toBe("OK");
  expect(reasonOf(() => setLevel(known(nobody), 7n, MappingLevel.ADVANCED, stale))).toBe("USER_NOT_FOUND");
  expect(reasonOf(() => setLevel(known(), 7n, MappingLevel.ADVANCED, stale))).toBe("USER_CHANGED");
  expect(reasonOf(() => block(known({ target: administrator }), 1n, "x", NOW))).toBe("OWN_BLOCK");
  expect(reasonOf(() => block(known({ target: user({ blocked: true }) }), 7n, "x", NOW))).toBe(
    "ALREADY_BLOCKED",
  );
  expect(reasonOf(() => unblock(known(), 7n))).toBe("BLOCK_NOT_FOUND");
  expect(reasonOf(() => changeProfile(known(), 7n, {}, stale))).toBe("PROFILE_NOT_OWN");
  expect(reasonOf(() => changeProfile(known({ caller: user() }), 7n, {}, stale))).toBe("USER_CHANGED");
  expect(reasonOf(() => pseudonymise(known({ caller: mapper }), 7n))).toBe("NOT_ADMINISTRATOR");
  expect(reasonOf(() => pseudonymise(known(last), 1n))).toBe("LAST_ADMINISTRATOR");
});

test("an administrator who is blocked is none of those who must be left", () => {
  const blocked = user({ systemRole: ADMINISTRATOR, blocked: true });
  expect(reasonOf(() => setRole(known({ target: blocked, otherAdministrators: 0 }), 7n, MAPPER, 5n))).toBe(
    "OK",
  );
});

test("a block says who, when and why, and leaves nothing when it is over", () => {
  const blocked = block(known(), 7n, "Spam.", NOW);
  expect(blocked).toEqual(user({ blocked: true, blockTime: NOW, blockActor: 1n, blockReason: "Spam." }));
  expect(unblock(known({ target: blocked }), 7n)).toEqual(user());
});

test("nothing that a person is known by outlives a deletion", () => {
  const left = pseudonymise(known({ target: user({ blocked: true, blockReason: "x" }) }), 7n);
  expect(left).toEqual(user({ name: "", languages: [], description: "", deleted: true, tokenVersion: 4 }));
});

test("whether somebody is blocked is shown to administrators alone", () => {
  const blocked = user({ blocked: true });
  expect(shown(blocked, administrator).blocked).toBe(true);
  expect(shown(blocked, user({ userId: 9n })).blocked).toBeUndefined();
});
