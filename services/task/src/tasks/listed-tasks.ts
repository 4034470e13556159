import { Code } from "@connectrpc/connect";
import { referring } from "@tessera/rpc/reference.ts";
import { Refusal } from "@tessera/rpc/refusal.ts";

/**
 * Decides about tasks that a request lists. A refusal that says that one of them, or what belongs to it, does not exist
 * names its element of the list.
 */
export function ofListed<T>(
  taskIds: readonly number[],
  fieldOf: (index: number) => string,
  decide: () => T,
): T {
  try {
    return decide();
  } catch (error) {
    if (!(error instanceof Refusal) || error.reason.code !== Code.NotFound) throw error;
    const index = taskIds.indexOf(Number(error.metadata.task_id));
    throw index === -1 ? error : referring(error, fieldOf(index));
  }
}
