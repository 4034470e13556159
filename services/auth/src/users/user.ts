import { create } from "@bufbuild/protobuf";
import {
  type MappingLevel,
  SystemRole,
  type User,
  UserKind,
  UserSchema,
} from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import { tokenInvalid } from "../refusals.ts";
import {
  alreadyBlocked,
  blockNotFound,
  lastAdministrator,
  notAdministrator,
  ownBlock,
  profileNotOwn,
  userBlocked,
  userChanged,
  userNotFound,
} from "./refusals.ts";

/** A user as stored. */
export interface StoredUser {
  userId: bigint;
  kind: UserKind;
  name: string;
  systemRole: SystemRole;
  mappingLevel: MappingLevel;
  languages: string[];
  description: string;
  blocked: boolean;
  /** Since when, by whom and why the user is blocked; of no meaning for one who is not. */
  blockTime: Date | null;
  blockActor: bigint;
  blockReason: string;
  deleted: boolean;
  /** Tokens that say less are refused. */
  tokenVersion: number;
  revision: bigint;
}

/** What a decision about a user is made from; all of it is locked until it is written. */
export interface Known {
  caller: StoredUser;
  /** Undefined for a user who is not there, or was deleted. */
  target: StoredUser | undefined;
  /** How many others there are who administer the system and are not blocked. */
  otherAdministrators: number;
}

/** Returns what a decision of `callerId` about `userId` is made from, by the rows that are locked. Refuses as `acting` does. */
export function knownOf(rows: readonly StoredUser[], callerId: bigint, userId: bigint): Known {
  return {
    caller: acting(rows.find((row) => row.userId === callerId)),
    target: rows.find((row) => row.userId === userId && !row.deleted),
    otherAdministrators: rows.filter((row) => row.userId !== userId && isAdministrator(row) && !row.blocked)
      .length,
  };
}

/** What people may change about themselves. */
export type Profile = Pick<StoredUser, "languages" | "description">;

/** Returns a user who may sign in and act; undefined for an unknown or deleted one. Refuses USER_BLOCKED. */
export function admissible<U extends { blocked: boolean; deleted: boolean }>(
  user: U | undefined,
): U | undefined {
  if (user === undefined || user.deleted) return undefined;
  if (user.blocked) throw userBlocked();
  return user;
}

/**
 * Returns the caller of a token whose signature is valid. Refuses TOKEN_INVALID for who is gone, and USER_BLOCKED.
 */
export function acting<U extends { blocked: boolean; deleted: boolean }>(user: U | undefined): U {
  const caller = admissible(user);
  if (caller === undefined) throw tokenInvalid();
  return caller;
}

export function isAdministrator({ systemRole }: Pick<StoredUser, "systemRole">): boolean {
  return systemRole === SystemRole.ADMINISTRATOR;
}

/** Refuses NOT_ADMINISTRATOR. */
export function permitAdministrator(caller: Pick<StoredUser, "systemRole">): void {
  if (!isAdministrator(caller)) throw notAdministrator();
}

/** Changes one's own profile. Refuses in this order: PROFILE_NOT_OWN, USER_CHANGED. */
export function changeProfile(
  { caller, target }: Known,
  userId: bigint,
  profile: Partial<Profile>,
  expectedRevision: bigint,
): StoredUser {
  if (target === undefined || target.userId !== caller.userId) throw profileNotOwn(userId);
  expectRevision(target, expectedRevision);
  return { ...target, ...profile };
}

/** Sets a role. Refuses in this order: NOT_ADMINISTRATOR, USER_NOT_FOUND, USER_CHANGED, LAST_ADMINISTRATOR. */
export function setRole(
  known: Known,
  userId: bigint,
  systemRole: SystemRole,
  expectedRevision: bigint,
): StoredUser {
  const target = administered(known, userId);
  expectRevision(target, expectedRevision);
  if (systemRole !== SystemRole.ADMINISTRATOR) leaveAdministrator(known, target);
  return { ...target, systemRole };
}

/** Sets a level by hand. Refuses in this order: NOT_ADMINISTRATOR, USER_NOT_FOUND, USER_CHANGED. */
export function setLevel(
  known: Known,
  userId: bigint,
  mappingLevel: MappingLevel,
  expectedRevision: bigint,
): StoredUser {
  const target = administered(known, userId);
  expectRevision(target, expectedRevision);
  return { ...target, mappingLevel };
}

/**
 * Blocks a user. Refuses in this order: NOT_ADMINISTRATOR, USER_NOT_FOUND, OWN_BLOCK, ALREADY_BLOCKED. The blocking
 * administrator remains, so the last one is never blocked.
 */
export function block(known: Known, userId: bigint, blockReason: string, now: Date): StoredUser {
  const target = administered(known, userId);
  const blockActor = known.caller.userId;
  if (target.userId === blockActor) throw ownBlock();
  if (target.blocked) throw alreadyBlocked(userId);
  return { ...target, blocked: true, blockTime: now, blockActor, blockReason };
}

/** Unblocks a user. Refuses in this order: NOT_ADMINISTRATOR, USER_NOT_FOUND, BLOCK_NOT_FOUND. */
export function unblock(known: Known, userId: bigint): StoredUser {
  const target = administered(known, userId);
  if (!target.blocked) throw blockNotFound(userId);
  return { ...target, ...NOT_BLOCKED };
}

/**
 * Deletes all of a user but the id, and revokes all tokens. Refuses in this order: NOT_ADMINISTRATOR, USER_NOT_FOUND,
 * LAST_ADMINISTRATOR.
 */
export function pseudonymise(known: Known, userId: bigint): StoredUser {
  const target = known.caller.userId === userId ? known.caller : administered(known, userId);
  // Service accounts have a deletion of their own: their client ids are never used twice.
  if (target.kind === UserKind.SERVICE) throw userNotFound(userId);
  leaveAdministrator(known, target);
  return {
    ...target,
    ...NOT_BLOCKED,
    name: "",
    systemRole: SystemRole.MAPPER,
    languages: [],
    description: "",
    deleted: true,
    tokenVersion: target.tokenVersion + 1,
  };
}

const NOT_BLOCKED = { blocked: false, blockTime: null, blockActor: 0n, blockReason: "" } as const;

function administered({ caller, target }: Known, userId: bigint): StoredUser {
  permitAdministrator(caller);
  if (target === undefined) throw userNotFound(userId);
  return target;
}

function leaveAdministrator({ otherAdministrators }: Known, target: StoredUser): void {
  if (isAdministrator(target) && !target.blocked && otherAdministrators === 0) throw lastAdministrator();
}

function expectRevision({ revision }: StoredUser, expected: bigint): void {
  if (revision !== expected) throw userChanged(expected, revision);
}

/** What `viewer` may see of a user. */
export function shown(user: StoredUser, viewer: Pick<StoredUser, "systemRole">): User {
  const { userId, kind, name, systemRole, mappingLevel, languages, description, revision } = user;
  return create(UserSchema, {
    userId,
    kind,
    name,
    systemRole,
    mappingLevel,
    languages,
    description,
    revision,
    ...(isAdministrator(viewer) && { blocked: user.blocked }),
  });
}
