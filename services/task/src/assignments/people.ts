import { Code, ConnectError, createClient, type HandlerContext } from "@connectrpc/connect";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/auth/v1/reason_pb.ts";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import type { Trust } from "@tessera/identity/trust.ts";
import { away } from "@tessera/rpc/admission/away.ts";
import { connect } from "@tessera/rpc/connect.ts";
import { ownFault } from "@tessera/rpc/credential-fault.ts";
import { onward } from "@tessera/rpc/deadline.ts";
import { referring } from "@tessera/rpc/reference.ts";
import { refusals } from "@tessera/rpc/refusal.ts";

type Context = Pick<HandlerContext, "values" | "signal" | "requestHeader">;

const refuse = refusals(ReasonSchema);

/** Whether people exist. */
export interface People {
  /** Refuses USER_NOT_FOUND. `field` is the path of the reference in the request. */
  refuseUnknownUser(userId: bigint, context: Context, field: string): Promise<void>;
}

/**
 * Asks the auth service, in this service's own name: a manager needs no right to read profiles to assign a task. A service
 * without an account asks with the caller's token.
 */
export function people(authAddress: string, { own, towards }: Trust): People & { close(): void } {
  const auth = own ? undefined : connect(authAddress, towards("auth"));
  const client = createClient(UserService, own?.auth ?? (auth as NonNullable<typeof auth>));
  return {
    refuseUnknownUser: async (userId, context, field) => {
      const call = onward(context);
      const headers = { ...call.headers, ...(await own?.headers()) };
      const asking = client.batchGetUsers({ userIds: [userId] }, { ...call, headers });
      const { missingUserIds } = await away(context, asking).catch((error: unknown) => {
        throw own && isRefused(error) ? ownFault(error) : error;
      });
      if (missingUserIds.length === 0) return;
      throw referring(refuse(Reason.USER_NOT_FOUND, { metadata: { user_id: String(userId) } }), field);
    },
    close: () => auth?.close(),
  };
}

/** Whether the credential that a call carried does not do. */
function isRefused(error: unknown): boolean {
  return (
    error instanceof ConnectError &&
    (error.code === Code.Unauthenticated || error.code === Code.PermissionDenied)
  );
}
