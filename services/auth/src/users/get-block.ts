import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { MethodImpl } from "@connectrpc/connect";
import { BlockSchema } from "@tessera/contracts/tessera/auth/v1/block_pb.ts";
import type { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { blockNotFound } from "./refusals.ts";
import { acting, permitAdministrator } from "./user.ts";

/** Implements tessera.auth.v1.UserService.GetBlock. */
export function getBlock({ store }: Deps): MethodImpl<typeof UserService.method.getBlock> {
  return async ({ userId }, context) => {
    const viewer = acting(await store.users.read(callerOf(context).userId));
    if (viewer.userId !== userId) permitAdministrator(viewer);
    const user = await store.users.read(userId);
    if (!user?.blocked || user.blockTime === null) throw blockNotFound(userId);
    const { blockReason: reason, blockActor: actorUserId, blockTime, revision } = user;
    const block = create(BlockSchema, {
      userId,
      reason,
      actorUserId,
      blockTime: timestampFromDate(blockTime),
      revision,
    });
    return { block };
  };
}
