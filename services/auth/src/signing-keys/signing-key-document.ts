import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import {
  SigningAlgorithm,
  type SigningKey,
  SigningKeySchema,
  SigningKeyState,
} from "@tessera/contracts/tessera/auth/v1/signing_key_pb.ts";
import { keyAt, type StoredKey, signedBy } from "./signing-key.ts";

/** Under which signing keys are named. */
export const SIGNING_KEYS = "signing-keys/";

const ALGORITHMS = { EdDSA: SigningAlgorithm.EDDSA, RS256: SigningAlgorithm.RS256 };

/** A signing key as it is shown: without its private half. */
export function signingKeyDocument(key: StoredKey, keys: readonly StoredKey[], now: Date): SigningKey {
  const { kid, createTime, activateTime, revokeTime, revision } = key;
  return create(SigningKeySchema, {
    kid,
    algorithm: ALGORITHMS[signedBy(key.publicJwk)],
    state: stateOf(key, keys, now),
    createTime: timestampFromDate(createTime),
    activateTime: timestampFromDate(activateTime),
    ...(revokeTime && { revokeTime: timestampFromDate(revokeTime) }),
    revision,
  });
}

function stateOf(key: StoredKey, keys: readonly StoredKey[], now: Date): SigningKeyState {
  if (key.revokeTime !== null) return SigningKeyState.REVOKED;
  if (keyAt(keys, now)?.kid === key.kid) return SigningKeyState.SIGNING;
  return key.activateTime > now ? SigningKeyState.UPCOMING : SigningKeyState.RETIRED;
}
