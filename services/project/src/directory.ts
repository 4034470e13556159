import { createClient, type HandlerContext, type Transport } from "@connectrpc/connect";
import { OrganisationService } from "@tessera/contracts/tessera/auth/v1/organisation_service_pb.ts";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { onward } from "@tessera/rpc/deadline.ts";

type Context = Pick<HandlerContext, "values" | "signal" | "requestHeader">;

/** Whether those are there whom a project is to belong to. The refusals and failures of auth cross as they are. */
export interface Directory {
  /** Refuses ORGANISATION_NOT_FOUND; 0 stands for none. */
  refuseUnknownOrganisation(organisationId: number, context: Context): Promise<void>;
  /** Refuses USER_NOT_FOUND. */
  refuseUnknownUser(userId: bigint, context: Context): Promise<void>;
}

/** Asks the auth service, on behalf of the caller. */
export function directory(auth: Transport): Directory {
  const [organisations, users] = [createClient(OrganisationService, auth), createClient(UserService, auth)];
  return {
    refuseUnknownOrganisation: async (organisationId, context) => {
      if (organisationId > 0) await organisations.getOrganisation({ organisationId }, onward(context));
    },
    refuseUnknownUser: async (userId, context) => {
      await users.getUser({ userId }, onward(context));
    },
  };
}
