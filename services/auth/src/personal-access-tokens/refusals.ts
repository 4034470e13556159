import { Reason, ReasonSchema } from "@tessera/contracts/tessera/auth/v1/reason_pb.ts";
import { refusals } from "@tessera/rpc/refusal.ts";

const refuse = refusals(ReasonSchema);

/** There is no such personal access token, or it is another person's: the answer is the same. */
export function personalAccessTokenNotFound(tokenId: string) {
  return refuse(Reason.PERSONAL_ACCESS_TOKEN_NOT_FOUND, { metadata: { token_id: tokenId } });
}

/** The person has as many as a person may have. */
export function personalAccessTokenLimitReached(limit: number) {
  return refuse(Reason.PERSONAL_ACCESS_TOKEN_LIMIT_REACHED, { metadata: { limit: String(limit) } });
}
