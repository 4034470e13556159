import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import {
  type PersonalAccessToken,
  PersonalAccessTokenSchema,
} from "@tessera/contracts/tessera/auth/v1/personal_access_token_pb.ts";
import type { StoredPersonalAccessToken } from "./personal-access-token.ts";

/** Under which personal access tokens are named. */
export const PERSONAL_ACCESS_TOKENS = "personal-access-tokens/";

/** A personal access token as it is shown: without its secret. */
export function personalAccessTokenDocument(stored: StoredPersonalAccessToken): PersonalAccessToken {
  const { tokenId, userId, name, scopes, createTime, expireTime, lastUseTime, revokeTime, revision } = stored;
  return create(PersonalAccessTokenSchema, {
    tokenId,
    userId,
    name,
    scopes,
    createTime: timestampFromDate(createTime),
    expireTime: timestampFromDate(expireTime),
    ...(lastUseTime && { lastUseTime: timestampFromDate(lastUseTime) }),
    ...(revokeTime && { revokeTime: timestampFromDate(revokeTime) }),
    revision,
  });
}
