import { GetTaskResponseSchema, TaskView } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import type { Sql } from "@tessera/postgres/pool.ts";
import { share } from "@tessera/postgres/share.ts";
import { type TaskKey, tasksByKey } from "../tasks/by-key-store.ts";
import { eachProject, type Grouping } from "../tasks/each-project.ts";
import { columnsOf } from "./columns-store.ts";
import { choose, fieldsOfView, type TextRow } from "./task-fields.ts";
import { WireWriter, wholeNumber } from "./wire-writer.ts";

const CHOSEN = choose(fieldsOfView(TaskView.WITH_AREA));
const TASK_FIELD = GetTaskResponseSchema.field.task.number;

/**
 * One task with its area, as GetTask responds in binary; undefined if there is none. An expired lock is shown as ended. One
 * statement reads for all who ask at the same time.
 */
export function getTaskResponse(
  sql: Sql,
  grouping: Grouping = {},
): (projectId: number, taskId: number) => Promise<Buffer | undefined> {
  const columns = columnsOf(sql, CHOSEN.columns);
  const ofRow = sql`w.project_id`;
  const writer = new WireWriter();
  const read = share<TaskKey, Buffer | undefined>({
    run: async (keys) => {
      const placed = keys.map((key, place) => ({ ...key, place }));
      const rows = await eachProject(placed, grouping, async (some, projectId) => {
        const tasks = tasksByKey(sql, some, projectId === undefined ? ofRow : sql`${projectId}`);
        const found: TextRow[] = await sql`select ${columns}, w.place from ${tasks}`.raw();
        return found;
      });
      const responses: (Buffer | undefined)[] = keys.map(() => undefined);
      for (const row of rows) {
        const place = wholeNumber(row.at(-1) as Buffer);
        CHOSEN.write(writer, TASK_FIELD, keys[place]?.projectId ?? 0, row);
        responses[place] = writer.take();
      }
      return responses;
    },
  });
  return (projectId, taskId) => read({ projectId, taskId });
}
