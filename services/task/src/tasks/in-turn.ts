import type { Turns } from "@tessera/postgres/turns.ts";

/** Tries a command on a task again after this process's others that were overtaken on the same task. */
export function inTurn(turns: Turns) {
  return <T>({ projectId, taskId }: OnTask, retry: () => Promise<T>): Promise<T> =>
    turns(`${projectId}/${taskId}`, retry);
}

interface OnTask {
  projectId: number;
  taskId: number;
}
