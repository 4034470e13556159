import type { MethodImpl } from "@connectrpc/connect";
import {
  ListPersonalAccessTokensRequestSchema,
  type PersonalAccessTokenService,
} from "@tessera/contracts/tessera/auth/v1/personal_access_token_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { pageToken, readPageToken } from "@tessera/rpc/page-token.ts";
import type { Deps } from "../deps.ts";
import { momentAndIdIn } from "../page-key.ts";
import { notAdministrator } from "../users/refusals.ts";
import { personalAccessTokenDocument } from "./personal-access-token-document.ts";

const PAGE_SIZE = 50;
const DESC = ListPersonalAccessTokensRequestSchema;

/** Implements tessera.auth.v1.PersonalAccessTokenService.ListPersonalAccessTokens. */
export function listPersonalAccessTokens({
  store,
}: Deps): MethodImpl<typeof PersonalAccessTokenService.method.listPersonalAccessTokens> {
  return async (request, context) => {
    const caller = callerOf(context);
    const last = readPageToken(DESC, request);
    const userId = request.userId || caller.userId;
    if (userId !== caller.userId && !(await store.isAdministrator(caller))) throw notAdministrator();
    const limit = request.pageSize || PAGE_SIZE;
    const found = await store.personalAccessTokens.list(userId, {
      limit: limit + 1,
      after: positionIn(last),
    });
    const page = found.slice(0, limit);
    const end = found.length > limit ? page.at(-1) : undefined;
    return {
      personalAccessTokens: page.map(personalAccessTokenDocument),
      nextPageToken: end ? pageToken(DESC, request, `${end.createTime.toISOString()} ${end.tokenId}`) : "",
    };
  };
}

function positionIn(last: string | undefined): { createTime: Date; tokenId: string } | undefined {
  if (last === undefined) return undefined;
  const { createTime, id: tokenId } = momentAndIdIn(last, /^[0-9A-Za-z]{1,32}$/);
  return { createTime, tokenId };
}
