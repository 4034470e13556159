import type { MethodImpl } from "@connectrpc/connect";
import type { SigningKeyService } from "@tessera/contracts/tessera/auth/v1/signing_key_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { notAdministrator } from "../users/refusals.ts";
import { signingKeyNotFound } from "./refusals.ts";
import { signingKeyDocument } from "./signing-key-document.ts";

/** Implements tessera.auth.v1.SigningKeyService.GetSigningKey. */
export function getSigningKey({ store }: Deps): MethodImpl<typeof SigningKeyService.method.getSigningKey> {
  return async ({ kid }, context) => {
    if (!(await store.isAdministrator(callerOf(context)))) throw notAdministrator();
    const { keys, now } = await store.keys.read();
    const key = keys.find((it) => it.kid === kid);
    if (key === undefined) throw signingKeyNotFound(kid);
    return { signingKey: signingKeyDocument(key, keys, now) };
  };
}
