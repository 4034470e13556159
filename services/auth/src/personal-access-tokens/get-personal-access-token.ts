import type { MethodImpl } from "@connectrpc/connect";
import type { PersonalAccessTokenService } from "@tessera/contracts/tessera/auth/v1/personal_access_token_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { personalAccessTokenDocument } from "./personal-access-token-document.ts";
import { personalAccessTokenNotFound } from "./refusals.ts";

/** Implements tessera.auth.v1.PersonalAccessTokenService.GetPersonalAccessToken. */
export function getPersonalAccessToken({
  store,
}: Deps): MethodImpl<typeof PersonalAccessTokenService.method.getPersonalAccessToken> {
  return async ({ tokenId }, context) => {
    const caller = callerOf(context);
    const stored = await store.personalAccessTokens.find(tokenId);
    if (stored === undefined) throw personalAccessTokenNotFound(tokenId);
    if (stored.userId !== caller.userId && !(await store.isAdministrator(caller)))
      throw personalAccessTokenNotFound(tokenId);
    return { personalAccessToken: personalAccessTokenDocument(stored) };
  };
}
