import type { ServiceImpl } from "@connectrpc/connect";
import type { SigningKeyService } from "@tessera/contracts/tessera/auth/v1/signing_key_service_pb.ts";
import type { Deps } from "../deps.ts";
import { getSigningKey } from "./get-signing-key.ts";
import { listSigningKeys } from "./list-signing-keys.ts";
import { revokeSigningKey } from "./revoke-signing-key.ts";
import { rotateSigningKey } from "./rotate-signing-key.ts";

/** Implements tessera.auth.v1.SigningKeyService. */
export function signingKeyService(deps: Deps): ServiceImpl<typeof SigningKeyService> {
  return {
    listSigningKeys: listSigningKeys(deps),
    getSigningKey: getSigningKey(deps),
    rotateSigningKey: rotateSigningKey(deps),
    revokeSigningKey: revokeSigningKey(deps),
  };
}
