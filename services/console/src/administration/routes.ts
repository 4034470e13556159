import type { Routes } from "../visits/routes.ts";
import { showAdministration } from "./administration-page.ts";
import { showAuditLog } from "./audit-log-page.ts";
import { createPublicKey } from "./create-public-key.ts";
import { createServiceAccount } from "./create-service-account.ts";
import { deleteServiceAccount } from "./delete-service-account.ts";
import { revokePublicKey } from "./revoke-public-key.ts";
import { revokeSigningKey } from "./revoke-signing-key.ts";
import { rotateSigningKey } from "./rotate-signing-key.ts";
import { showServiceAccounts } from "./service-account-list-page.ts";
import { showServiceAccount } from "./service-account-page.ts";
import { showSigningKeys } from "./signing-key-list-page.ts";
import { updateServiceAccount } from "./update-service-account.ts";

const ACCOUNTS = "/v1/service-accounts";
const ACCOUNT = `${ACCOUNTS}/:user_id{[1-9][0-9]{0,17}}`;
const KID = ":kid{[A-Za-z0-9_-]{1,128}}";

/** What administrators look after: the identities of programs, the keys that sign tokens, the audit log. */
export const ADMINISTRATION: Routes = {
  pages: [
    { path: "/console/administration", show: showAdministration },
    { path: ACCOUNTS, show: showServiceAccounts },
    { path: ACCOUNT, show: showServiceAccount },
    { path: "/v1/signing-keys", show: showSigningKeys },
    { path: "/v1/auth-events", show: showAuditLog },
  ],
  acts: [
    { method: "POST", path: ACCOUNTS, act: createServiceAccount, page: showServiceAccounts },
    { method: "PATCH", path: ACCOUNT, act: updateServiceAccount, page: showServiceAccount },
    { method: "DELETE", path: ACCOUNT, act: deleteServiceAccount, page: showServiceAccount },
    { method: "POST", path: `${ACCOUNT}/public-keys`, act: createPublicKey, page: showServiceAccount },
    {
      method: "DELETE",
      path: `${ACCOUNT}/public-keys/${KID}`,
      act: revokePublicKey,
      page: showServiceAccount,
    },
    { method: "POST", path: "/v1/signing-keys", act: rotateSigningKey, page: showSigningKeys },
    { method: "DELETE", path: `/v1/signing-keys/${KID}`, act: revokeSigningKey, page: showSigningKeys },
  ],
};
