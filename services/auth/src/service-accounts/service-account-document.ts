import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import {
  type ServiceAccount,
  ServiceAccountSchema,
} from "@tessera/contracts/tessera/auth/v1/service_account_pb.ts";
import type { AccountWithKeys } from "./service-account.ts";

/** Under which service accounts are named. */
export const SERVICE_ACCOUNTS = "service-accounts/";

/** A service account as it is shown. */
export function serviceAccountDocument(account: AccountWithKeys): ServiceAccount {
  const { userId, clientId, description, scopes, mayAct, isDeployed, keys, revision } = account;
  const { createTime, updateTime, deleteTime } = account;
  return create(ServiceAccountSchema, {
    userId,
    clientId,
    description,
    scopes,
    mayAct,
    deployed: isDeployed,
    keys: keys.map((key) => ({
      kid: key.kid,
      jwk: JSON.stringify(key.publicJwk),
      createTime: timestampFromDate(key.createTime),
    })),
    createTime: timestampFromDate(createTime),
    updateTime: timestampFromDate(updateTime),
    ...(deleteTime && { deleteTime: timestampFromDate(deleteTime) }),
    revision,
  });
}
