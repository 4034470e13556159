import { Code, ConnectError, createClient, type HandlerContext, type Transport } from "@connectrpc/connect";
import { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import type { User } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import { onward } from "@tessera/rpc/deadline.ts";

/** Who calls, as the auth service has them now. The refusals and failures of auth cross as they are. */
export type CurrentUser = (
  context: Pick<HandlerContext, "values" | "signal" | "requestHeader">,
  options?: { mostMs: number },
) => Promise<User>;

/** Asks the auth service with the caller's own token, within what is left of the deadline and `mostMs`. */
export function currentUser(transport: Transport): CurrentUser {
  const client = createClient(AuthService, transport);
  return async (context, { mostMs } = { mostMs: Number.POSITIVE_INFINITY }) => {
    const options = onward(context);
    const timeoutMs = Math.min(options.timeoutMs, mostMs);
    const { user } = await client.getCurrentUser({}, { ...options, timeoutMs });
    if (user === undefined) throw new ConnectError("the auth service left the user out", Code.Internal);
    return user;
  };
}
