import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { type Session, SessionSchema } from "@tessera/contracts/tessera/auth/v1/session_pb.ts";
import type { StoredSession } from "./session.ts";

/** A session as it is shown. */
export function sessionDocument(session: StoredSession): Session {
  const { sessionId, userId, clientId, scopes, createTime, issueTime, expireTime, revision } = session;
  const { refreshExpireTime, revokeTime } = session;
  return create(SessionSchema, {
    sessionId,
    userId,
    clientId,
    scopes,
    createTime: timestampFromDate(createTime),
    expireTime: timestampFromDate(expireTime),
    refreshTime: timestampFromDate(issueTime),
    ...(refreshExpireTime && { refreshExpireTime: timestampFromDate(refreshExpireTime) }),
    ...(revokeTime && { revokeTime: timestampFromDate(revokeTime) }),
    revision,
  });
}
