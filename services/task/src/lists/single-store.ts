import { GetTaskResponseSchema, TaskView } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import type { Sql } from "@tessera/postgres/pool.ts";
import { share } from "@tessera/postgres/share.ts";
import { eachProject, type Grouping } from "../tasks/each-project.ts";
import { columnsOf, type Fragment } from "./columns-store.ts";
import { choose, fieldsOfView, type TextRow } from "./task-fields.ts";
import { WireWriter, wholeNumber } from "./wire-writer.ts";

interface TaskKey {
  projectId: number;
  taskId: number;
}

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
      const rows = await eachProject(placed, grouping, (some, projectId) =>
        readRows(sql, columns, some, projectId === undefined ? ofRow : sql`${projectId}`),
      );
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

/** Reads tasks of one project, or of that which each row `w` of what is asked for has. The last column is the place of the key. */
function readRows(
  sql: Sql,
  columns: Fragment,
  keys: readonly (TaskKey & { place: number })[],
  project: Fragment,
): Promise<TextRow[]> {
  const [projectIds, taskIds, places] = [
    keys.map((key) => key.projectId),
    keys.map((key) => key.taskId),
    keys.map((key) => key.place),
  ];
  return sql`
    select ${columns}, w.place
    from (
      select * from unnest(${projectIds}::integer[], ${taskIds}::integer[], ${places}::integer[])
      limit ${keys.length}
    ) as w (project_id, task_id, place)
    cross join lateral (
      select * from tasks t where t.project_id = ${project} and t.task_id = w.task_id limit 1
    ) t
    cross join lateral (
      select * from task_areas a where a.project_id = ${project} and a.task_id = w.task_id limit 1
    ) a`.raw();
}
