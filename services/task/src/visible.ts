import { ConnectError, type HandlerContext } from "@connectrpc/connect";
import { reasonFacts } from "@tessera/contracts/reason-facts.ts";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/project/v1/reason_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { refusalIn } from "@tessera/rpc/refusal-wire.ts";
import type { Projects } from "./projects.ts";

const NOT_FOUND = reasonFacts(ReasonSchema, Reason.PROJECT_NOT_FOUND).name;

/** Another service of the deployment, which follows everything: no person's token has this scope. */
const SERVICE = "services";

/** Whether the caller may see a project. Answers are used again for some seconds. */
export async function visible(
  projects: Projects,
  projectId: number,
  context: Pick<HandlerContext, "values" | "signal" | "requestHeader">,
): Promise<boolean> {
  const { scopes, actor } = callerOf(context);
  if (scopes.has(SERVICE) && actor === "") return true;
  try {
    await projects.access(projectId, context);
    return true;
  } catch (error) {
    const hidden = error instanceof ConnectError && refusalIn(error)?.reason.name === NOT_FOUND;
    if (hidden) return false;
    throw error;
  }
}
