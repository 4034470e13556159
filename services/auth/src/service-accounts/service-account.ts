import { PERSON_SCOPES } from "@tessera/contracts/scopes.ts";
import {
  type ServiceAccount,
  ServiceAccountSchema,
} from "@tessera/contracts/tessera/auth/v1/service_account_pb.ts";
import { fieldInvalid, required } from "@tessera/rpc/validation/validation.ts";
import type { JWK } from "jose";
import { refuseBeyond } from "../sessions/granted-scopes.ts";
import { namedSettings } from "../settings.ts";
import { serviceAccountDeployed } from "../users/refusals.ts";
import {
  publicKeyLimitReached,
  publicKeyNotFound,
  serviceAccountChanged,
  serviceAccountNotFound,
} from "./refusals.ts";

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

/** An account with its keys. */
export type AccountWithKeys = StoredServiceAccount & { keys: StoredPublicKey[] };

/** An account has at most this many keys: one in use, the next one, and some for different places. */
export const PUBLIC_KEYS_MAX = 10;

const CHANGEABLE = { description: "", scopes: [] as string[], mayAct: false };

/** Reads what is to be changed. Refuses FIELD_INVALID with everything that is wrong. */
export function readAccountPatch(
  account: ServiceAccount,
  paths: readonly string[],
): Partial<typeof CHANGEABLE> {
  const { settings, faults } = namedSettings(ServiceAccountSchema, account, paths, CHANGEABLE);
  if (settings.scopes?.length === 0) faults.push(required("service_account.scopes"));
  if (faults.length > 0) throw fieldInvalid(faults);
  return settings;
}

/** Refuses scopes that only the deployment's settings give: SCOPE_NOT_ALLOWED. */
export function refuseServicesOnly(scopes: readonly string[]): void {
  refuseBeyond(scopes, PERSON_SCOPES);
}

/**
 * The account, if administrators may change it. Refuses in this order: SERVICE_ACCOUNT_NOT_FOUND, SERVICE_ACCOUNT_DEPLOYED
 * of an account that only the settings change.
 */
export function changeable(account: AccountWithKeys | undefined, userId: bigint): AccountWithKeys {
  if (account === undefined || account.deleteTime !== null) throw serviceAccountNotFound(userId);
  if (account.isDeployed) throw serviceAccountDeployed(userId);
  return account;
}

/** Refuses SERVICE_ACCOUNT_CHANGED. */
export function refuseOutdated({ userId, revision }: StoredServiceAccount, expected: bigint): void {
  if (revision !== expected) throw serviceAccountChanged(userId, revision);
}

/** Refuses PUBLIC_KEY_LIMIT_REACHED for a key that the account does not have yet. */
export function refuseBeyondLimit({ keys }: Pick<AccountWithKeys, "keys">, kid: string): void {
  const isThere = keys.some((key) => key.kid === kid);
  if (!isThere && keys.length >= PUBLIC_KEYS_MAX) throw publicKeyLimitReached(PUBLIC_KEYS_MAX);
}

/** Refuses PUBLIC_KEY_NOT_FOUND. */
export function refuseUnknownKey({ keys }: Pick<AccountWithKeys, "keys">, kid: string): void {
  if (!keys.some((key) => key.kid === kid)) throw publicKeyNotFound(kid);
}
