import { PERSON_SCOPES } from "@tessera/contracts/scopes.ts";
import type { JWK } from "jose";
import { refuseBeyond } from "../sessions/scopes-given.ts";
import { serviceAccountDeployed } from "../users/refusals.ts";
import { serviceAccountChanged } from "./refusals.ts";

/** A service account as it is stored, without its keys. */
export interface StoredServiceAccount {
  userId: bigint;
  clientId: string;
  description: string;
  scopes: string[];
  mayAct: boolean;
  isDeployed: boolean;
  createTime: Date;
  updateTime: Date;
  deleteTime: Date | null;
  revision: bigint;
}

/** A public key of an account. */
export interface StoredPublicKey {
  kid: string;
  publicJwk: JWK;
  createTime: Date;
}

/** An account has so many keys at most: one in use, one to come, and some for different places. */
export const PUBLIC_KEYS_MAX = 10;

/** Refuses scopes that only the deployment's settings give: SCOPE_NOT_ALLOWED. */
export function refuseServicesOnly(scopes: readonly string[]): void {
  refuseBeyond(scopes, PERSON_SCOPES);
}

/** Refuses SERVICE_ACCOUNT_DEPLOYED of one that only the settings change. */
export function refuseDeployed({ isDeployed, userId }: StoredServiceAccount): void {
  if (isDeployed) throw serviceAccountDeployed(userId);
}

/** Refuses SERVICE_ACCOUNT_CHANGED. */
export function refuseOutdated({ userId, revision }: StoredServiceAccount, expected: bigint): void {
  if (revision !== expected) throw serviceAccountChanged(userId, revision);
}
