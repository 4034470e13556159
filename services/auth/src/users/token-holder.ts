import { tokenInvalid } from "../refusals.ts";
import { DEVELOPMENT } from "./person.ts";
import { admissible } from "./user.ts";

/** The user who gets the tokens, as stored now. */
export interface Holder {
  userId: bigint;
  tokenVersion: number;
  blocked: boolean;
  deleted: boolean;
  /** The identity provider that knows this user. */
  identityProvider: string;
}

/**
 * Whether the provider of a user is offered. Whatever the development provider gave is invalid while it is switched
 * off: anybody could have got it.
 */
export function isOffered(
  { developmentSignIn }: { developmentSignIn: boolean },
  { identityProvider }: { identityProvider: string },
): boolean {
  return developmentSignIn || identityProvider !== DEVELOPMENT;
}

/** Returns a user who may hold tokens. Refuses TOKEN_INVALID of somebody who is gone, and USER_BLOCKED. */
export function holderOf(user: Holder | undefined): Holder {
  const holder = admissible(user);
  if (holder === undefined) throw tokenInvalid();
  return holder;
}
