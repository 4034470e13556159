import { AssignmentSchema } from "@tessera/contracts/tessera/task/v1/assignment_pb.ts";
import { LockSchema } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { TaskSchema, TileSchema } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { type ListTasksRequest, TaskView } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import type { Column } from "./columns-store.ts";
import { type WireWriter, wholeNumber } from "./wire-writer.ts";

/** A row as the driver receives it: the text of each column. */
export type TextRow = readonly (Buffer | null)[];

/** What `held` says. A lock that expired ends at that moment, whether or not its end is written down: `lapsed` until it is. */
const HELD = { none: 0, live: 1, ended: 2, lapsed: 3 } as const;

const LOCK: Column[] = [
  "task_id",
  "held",
  "lock_holder",
  "lock_purpose",
  "lock_token",
  "lock_time",
  "lock_expire_time",
];

/** A row that is written, and the place of each column in it. */
interface Written {
  projectId: number;
  row: TextRow;
  at: ReadonlyMap<Column, number>;
}

interface Field {
  columns: readonly Column[];
  write: (writer: WireWriter, written: Written) => void;
}

const { field: TASK } = TaskSchema;

/** Each field of a task by name: the columns that it is read from, and how it is written. */
const FIELDS: Record<string, Field> = {
  project_id: {
    columns: [],
    write: (writer, { projectId }) => writer.number(TASK.projectId.number, projectId),
  },
  task_id: plain("task_id", TASK.taskId),
  state: plain("state", TASK.state),
  tile: {
    columns: ["zoom", "x", "y"],
    write: (writer, written) => {
      if (textOf(written, "zoom") === null) return;
      const start = writer.begin(TASK.tile.number);
      unlessZero(writer, written, "zoom", TileSchema.field.zoom);
      unlessZero(writer, written, "x", TileSchema.field.x);
      unlessZero(writer, written, "y", TileSchema.field.y);
      writer.end(start);
    },
  },
  area: {
    columns: ["area"],
    write: (writer, written) => writer.hex(TASK.area.number, given(written, "area")),
  },
  lock: {
    columns: [...LOCK, "revision"],
    write: (writer, written) => {
      if (heldOf(written) === HELD.live) writeLock(writer, written, TASK.lock);
    },
  },
  mapped_by_user_id: id("mapped_by", TASK.mappedByUserId),
  validated_by_user_id: id("validated_by", TASK.validatedByUserId),
  submission_count: plain("submission_count", TASK.submissionCount),
  create_time: {
    columns: ["create_time"],
    write: (writer, written) => writeTime(writer, TASK.createTime, given(written, "create_time")),
  },
  update_time: {
    columns: ["update_time", "held", "lock_expire_time"],
    write: (writer, written) => {
      const column = heldOf(written) === HELD.lapsed ? "lock_expire_time" : "update_time";
      writeTime(writer, TASK.updateTime, given(written, column));
    },
  },
  revision: {
    columns: ["revision", "held"],
    write: (writer, written) => writeRevision(writer, written, TASK.revision),
  },
  priority: plain("priority", TASK.priority),
  parent_task_id: id("parent_id", TASK.parentTaskId),
  assignment: {
    columns: ["task_id", "assigned_to", "assigned_until", "revision", "held"],
    write: (writer, written) => {
      const { field } = AssignmentSchema;
      if (isZero(given(written, "assigned_to"))) return;
      const start = writer.begin(TASK.assignment.number);
      writer.number(field.projectId.number, written.projectId);
      writer.digits(field.taskId.number, given(written, "task_id"));
      writer.digits(field.userId.number, given(written, "assigned_to"));
      writeTime(writer, field.expireTime, given(written, "assigned_until"));
      writeRevision(writer, written, field.revision);
      writer.end(start);
    },
  },
  state_user_id: id("state_by", TASK.stateUserId),
  comment_count: plain("comment_count", TASK.commentCount),
  report_count: plain("report_count", TASK.reportCount),
  state_revision: id("state_revision", TASK.stateRevision),
  expired_lock: {
    columns: [...LOCK, "revision"],
    write: (writer, written) => {
      if (heldOf(written) > HELD.live) writeLock(writer, written, TASK.expiredLock);
    },
  },
  outside_area: plain("outside", TASK.outsideArea),
  priority_area: plain("priority_area", TASK.priorityArea),
};

/** What is read and written of each task of a list. */
export interface Chosen {
  columns: readonly Column[];
  /** Writes a task into a field. */
  write: (writer: WireWriter, field: number, projectId: number, row: TextRow) => void;
}

/** The fields that a view shows. */
export function fieldsOfView(view: TaskView): readonly string[] {
  if (view === TaskView.ID) return ["project_id", "task_id"];
  const all = Object.keys(FIELDS);
  return view === TaskView.WITH_AREA ? all : all.filter((name) => name !== "area");
}

/** The fields that a request chooses, or those of its view. */
export function fieldsOf(
  { fields, view }: Pick<ListTasksRequest, "fields" | "view">,
  otherwise: TaskView,
): readonly string[] {
  return fields?.paths.length ? fields.paths : fieldsOfView(view || otherwise);
}

/** Chooses fields of tasks by their names, which are known to be such. The first column is the number of the task. */
export function choose(names: readonly string[]): Chosen {
  const fields = [...new Set(names)].map((name) => FIELDS[name] as Field);
  const columns = [...new Set<Column>(["task_id", ...fields.flatMap((it) => it.columns)])];
  const at = new Map(columns.map((column, place) => [column, place]));
  return {
    columns,
    write: (writer, field, projectId, row) => {
      const written = { projectId, row, at };
      const start = writer.begin(field);
      for (const { write } of fields) write(writer, written);
      writer.end(start);
    },
  };
}

function textOf({ row, at }: Written, column: Column): Buffer | null {
  return row[at.get(column) as number] ?? null;
}

function given(written: Written, column: Column): Buffer {
  return textOf(written, column) as Buffer;
}

interface Numbered {
  number: number;
}

/** A column that is written as it is. */
function plain(column: Column, { number }: Numbered): Field {
  return { columns: [column], write: (writer, written) => writer.digits(number, given(written, column)) };
}

/** A column of which 0 stands for none. */
function id(column: Column, field: Numbered): Field {
  return { columns: [column], write: (writer, written) => unlessZero(writer, written, column, field) };
}

function unlessZero(writer: WireWriter, written: Written, column: Column, { number }: Numbered): void {
  const text = given(written, column);
  if (!isZero(text)) writer.digits(number, text);
}

const DIGIT_ZERO = 0x30;

function isZero(text: Buffer): boolean {
  return text.length === 1 && text[0] === DIGIT_ZERO;
}

function heldOf(written: Written): number {
  return wholeNumber(given(written, "held"));
}

/** The end of a lapsed lock is an event of its own. */
function writeRevision(writer: WireWriter, written: Written, { number }: Numbered): void {
  writer.digits(number, given(written, "revision"), heldOf(written) === HELD.lapsed ? 1 : 0);
}

function writeLock(writer: WireWriter, written: Written, { number }: Numbered): void {
  const { field } = LockSchema;
  const start = writer.begin(number);
  writer.number(field.projectId.number, written.projectId);
  writer.digits(field.taskId.number, given(written, "task_id"));
  unlessZero(writer, written, "lock_holder", field.holderUserId);
  unlessZero(writer, written, "lock_purpose", field.purpose);
  unlessZero(writer, written, "lock_token", field.token);
  writeTime(writer, field.lockTime, given(written, "lock_time"));
  writeTime(writer, field.expireTime, given(written, "lock_expire_time"));
  writer.digits(field.revision.number, given(written, "revision"));
  writer.end(start);
}

const SECONDS = 1;
const NANOS = 2;

/** Writes seconds since 1970, as a Timestamp that ends in milliseconds. */
function writeTime(writer: WireWriter, { number }: Numbered, text: Buffer): void {
  const ms = Math.floor(Math.round(Number(text.toString("latin1")) * 1e6) / 1e3);
  const seconds = Math.floor(ms / 1e3);
  const start = writer.begin(number);
  if (seconds > 0) writer.number(SECONDS, seconds);
  if (ms % 1e3 !== 0) writer.number(NANOS, (ms - seconds * 1e3) * 1e6);
  writer.end(start);
}
