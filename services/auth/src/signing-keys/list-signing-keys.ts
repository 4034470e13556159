import type { MethodImpl } from "@connectrpc/connect";
import type { SigningKeyService } from "@tessera/contracts/tessera/auth/v1/signing_key_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { notAdministrator } from "../users/refusals.ts";
import { signingKeyDocument } from "./signing-key-document.ts";

/** Implements tessera.auth.v1.SigningKeyService.ListSigningKeys. */
export function listSigningKeys({
  store,
}: Deps): MethodImpl<typeof SigningKeyService.method.listSigningKeys> {
  return async (_, context) => {
    if (!(await store.isAdministrator(callerOf(context)))) throw notAdministrator();
    const { keys, now } = await store.keys.read();
    return { signingKeys: keys.map((key) => signingKeyDocument(key, keys, now)).reverse() };
  };
}
