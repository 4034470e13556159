import { allReasons } from "@tessera/contracts/reason-facts.ts";
import type { Reason as AuthReason } from "@tessera/contracts/tessera/auth/v1/reason_pb.ts";
import type { Reason as GatewayReason } from "@tessera/contracts/tessera/gateway/v1/reason_pb.ts";
import type { Reason as ProjectReason } from "@tessera/contracts/tessera/project/v1/reason_pb.ts";
import type { Reason as RpcReason } from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import type { Reason as TaskReason } from "@tessera/contracts/tessera/task/v1/reason_pb.ts";

type NamesOf<Reasons> = { readonly [Name in keyof Reasons as Exclude<Name, "UNSPECIFIED">]: Name };
type Names = NamesOf<typeof AuthReason> &
  NamesOf<typeof GatewayReason> &
  NamesOf<typeof ProjectReason> &
  NamesOf<typeof RpcReason> &
  NamesOf<typeof TaskReason>;

/** The name of a reason, such as "TASK_LOCKED". Unique among all services. */
export type ReasonName = Names[keyof Names];

/** Every reason of the contracts by its name: `Reason.TASK_LOCKED`. */
export const Reason = Object.fromEntries(
  allReasons().map(({ name }) => [name, name]),
) as unknown as Readonly<Names>;
