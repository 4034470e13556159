import type { KeyedMutex } from "@tessera/postgres/keyed-mutex.ts";

/** Tries a command on a task again after this process's others that were overtaken on the same task. */
export function exclusively(mutex: KeyedMutex) {
  return <T>({ projectId, taskId }: OnTask, retry: () => Promise<T>): Promise<T> =>
    mutex(`${projectId}/${taskId}`, retry);
}

interface OnTask {
  projectId: number;
  taskId: number;
}
