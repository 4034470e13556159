import type { HandlerContext } from "@connectrpc/connect";
import { callerOf } from "@tessera/rpc/caller.ts";

/** Another service of the deployment, which follows everything: no person's token has this scope. */
const SERVICE = "services";

/** Whether it is another service that asks, in its own name. */
export function isService(context: Pick<HandlerContext, "values">): boolean {
  const { scopes, actor } = callerOf(context);
  return scopes.has(SERVICE) && actor === "";
}
