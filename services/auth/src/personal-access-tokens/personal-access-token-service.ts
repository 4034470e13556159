import type { ServiceImpl } from "@connectrpc/connect";
import type { PersonalAccessTokenService } from "@tessera/contracts/tessera/auth/v1/personal_access_token_service_pb.ts";
import type { Deps } from "../deps.ts";
import { createPersonalAccessToken } from "./create-personal-access-token.ts";
import { getPersonalAccessToken } from "./get-personal-access-token.ts";
import { listPersonalAccessTokens } from "./list-personal-access-tokens.ts";
import { revokePersonalAccessToken } from "./revoke-personal-access-token.ts";

/** Implements tessera.auth.v1.PersonalAccessTokenService. */
export function personalAccessTokenService(deps: Deps): ServiceImpl<typeof PersonalAccessTokenService> {
  return {
    createPersonalAccessToken: createPersonalAccessToken(deps),
    getPersonalAccessToken: getPersonalAccessToken(deps),
    listPersonalAccessTokens: listPersonalAccessTokens(deps),
    revokePersonalAccessToken: revokePersonalAccessToken(deps),
  };
}
