import type { MethodImpl } from "@connectrpc/connect";
import {
  ListUsersRequestSchema,
  type UserService,
} from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { pageToken, readPageToken } from "@tessera/rpc/page-token.ts";
import type { Deps } from "../deps.ts";
import { numberIn } from "../page-key.ts";
import { acting, permitAdministrator, shown } from "./user.ts";

const DEFAULT_PAGE_SIZE = 20;

/** Implements tessera.auth.v1.UserService.ListUsers. */
export function listUsers({ store }: Deps): MethodImpl<typeof UserService.method.listUsers> {
  return async (request, context) => {
    const last = readPageToken(ListUsersRequestSchema, request);
    const viewer = acting(await store.users.read(callerOf(context).userId));
    if (request.blocked !== undefined) permitAdministrator(viewer);
    const pageSize = request.pageSize || DEFAULT_PAGE_SIZE;
    // One row more than the page shows whether another page follows.
    const found = await store.users.list(request, last === undefined ? undefined : keyIn(last), pageSize + 1);
    const page = found.slice(0, pageSize);
    const end = found.length > pageSize ? page.at(-1) : undefined;
    return {
      users: page.map((user) => shown(user, viewer)),
      nextPageToken: end ? pageToken(ListUsersRequestSchema, request, `${end.fit}/${end.userId}`) : "",
    };
  };
}

function keyIn(text: string): { fit: string; userId: bigint } {
  const [, fit = "", userId = ""] = /^([0-9](?:\.[0-9]{1,6})?)\/([0-9]+)$/.exec(text) ?? [];
  return { fit, userId: numberIn(userId) };
}
