import { create, type MessageInitShape } from "@bufbuild/protobuf";
import type { ListProjectsRequestSchema } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { TaskEventSchema } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import type { TestDatabase } from "@tessera/testing/database.ts";
import { foldSearch } from "../search/fold-store.ts";

type Request = MessageInitShape<typeof ListProjectsRequestSchema>;
type Row = { project_id: number };

const TASKS = 20;
const START = Date.UTC(2024, 0, 1);
const DAY_MS = 86_400_000;

/** How the tasks of a project stand: those of every seventh have not been made. */
function workOf(id: number) {
  if (id % 7 === 0) return { total: 0, mapped: 0, validated: 0, bad: 0, active: null };
  const [mapped, bad] = [id % 5, id % 3];
  const validated = id % 4 === 0 ? TASKS - mapped - bad : id % 8;
  return {
    total: TASKS,
    mapped,
    validated,
    bad,
    active: id % 9 === 0 ? null : new Date(START + (id % 16) * DAY_MS),
  };
}

/** A share of the tasks of a project that can be mapped, in percent; undefined where there are none. */
function percentOf(row: Row, count: (work: ReturnType<typeof workOf>) => number): number | undefined {
  const work = workOf(row.project_id);
  return work.total === 0 ? undefined : (100 * count(work)) / (work.total - work.bad);
}
const isWithin = (value: number | undefined, from: number, to: number) =>
  value !== undefined && Math.round(value * 100) >= from * 100 && Math.round(value * 100) <= to * 100;

/** The filters by work, each as a plain rule. */
export const WORK_RULES: { [K in keyof Request]?: (row: Row, value: NonNullable<Request[K]>) => boolean } = {
  toMap: ({ project_id: id }) => {
    const { total, mapped, validated, bad } = workOf(id);
    return total - mapped - validated - bad > 0;
  },
  toValidate: ({ project_id: id }) => {
    const { mapped, bad } = workOf(id);
    return mapped + bad > 0;
  },
  activeAfterTime: ({ project_id: id }, { seconds }) => {
    const { active } = workOf(id);
    return active !== null && BigInt(active.getTime()) >= (seconds ?? 0n) * 1_000n;
  },
  mappedPercentFrom: (row, from) =>
    isWithin(
      percentOf(row, (it) => it.mapped + it.validated),
      from,
      100,
    ),
  mappedPercentTo: (row, to) =>
    isWithin(
      percentOf(row, (it) => it.mapped + it.validated),
      0,
      to,
    ),
  validatedPercentFrom: (row, from) =>
    isWithin(
      percentOf(row, (it) => it.validated),
      from,
      100,
    ),
  validatedPercentTo: (row, to) =>
    isWithin(
      percentOf(row, (it) => it.validated),
      0,
      to,
    ),
};

/** Writes the work of projects as if the feed of tasks had been folded. */
export async function writeWork({ sql }: TestDatabase, rows: readonly Row[]): Promise<void> {
  const work = rows.map(({ project_id: id }) => ({ project_id: id, ...workOf(id) }));
  await sql`
    insert into project_progress (project_id, tasks_total, tasks_mapped, tasks_validated, tasks_bad_imagery, last_activity_time)
    select * from jsonb_to_recordset(${sql.json(work as never)}) as it (project_id integer, total integer, mapped integer,
      validated integer, bad integer, active timestamptz)`;
  const events = rows.map(({ project_id: projectId }) => create(TaskEventSchema, { projectId }));
  await sql.begin((tx) => foldSearch(tx, events));
}
