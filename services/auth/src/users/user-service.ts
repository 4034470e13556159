import type { ServiceImpl } from "@connectrpc/connect";
import type { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { confirmDeletion } from "../deletions/confirm-deletion.ts";
import { deleteUser } from "../deletions/delete-user.ts";
import { getDeletion } from "../deletions/get-deletion.ts";
import { listDeletions } from "../deletions/list-deletions.ts";
import type { Deps } from "../deps.ts";
import { batchGetUsers } from "./batch-get-users.ts";
import { blockUser } from "./block-user.ts";
import { getBlock } from "./get-block.ts";
import { getUser } from "./get-user.ts";
import { listUsers } from "./list-users.ts";
import { setMappingLevel } from "./set-mapping-level.ts";
import { setSystemRole } from "./set-system-role.ts";
import { unblockUser } from "./unblock-user.ts";
import { updateUser } from "./update-user.ts";

/** Implements tessera.auth.v1.UserService. */
export function userService(deps: Deps): ServiceImpl<typeof UserService> {
  return {
    getUser: getUser(deps),
    batchGetUsers: batchGetUsers(deps),
    listUsers: listUsers(deps),
    updateUser: updateUser(deps),
    setSystemRole: setSystemRole(deps),
    setMappingLevel: setMappingLevel(deps),
    blockUser: blockUser(deps),
    getBlock: getBlock(deps),
    unblockUser: unblockUser(deps),
    deleteUser: deleteUser(deps),
    getDeletion: getDeletion(deps),
    listDeletions: listDeletions(deps),
    confirmDeletion: confirmDeletion(deps),
  };
}
