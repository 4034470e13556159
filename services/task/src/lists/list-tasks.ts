import { create, toBinary } from "@bufbuild/protobuf";
import type { MethodImpl } from "@connectrpc/connect";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import {
  type ListTasksRequest,
  ListTasksRequestSchema,
  ListTasksResponseSchema,
  TaskFilterSchema,
  type TaskService,
  TaskView,
} from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { unreadMessage } from "@tessera/rpc/codec.ts";
import type { Deps } from "../deps.ts";
import { nextPageOf, readPage } from "../page.ts";
import { positionText, readPosition } from "../position.ts";
import { type Selection, selectionOf } from "../selection.ts";
import { etagOf, keyOfList } from "./kept-lists.ts";
import { fieldsOf } from "./task-fields.ts";

/** The most bytes of areas on a page, beyond the first task's. */
const PAGE_AREA_BYTES = 2 * 1024 * 1024;

/** Implements tessera.task.v1.TaskService.ListTasks. */
export function listTasks({ store, projects }: Deps): MethodImpl<typeof TaskService.method.listTasks> {
  return async (request, context) => {
    await projects.access(request.projectId, context);
    // Before the tasks are read: what changes meanwhile has another version, and is found after the position.
    const { head, text } = await store.tasksVersion(request.projectId);
    const key = keyOfList(ListTasksRequestSchema, request);
    const etag = etagOf(key, text);
    if (request.knownEtag === etag) return { etag, unchanged: true };
    const bytes = await store.lists.findOrRead(key, etag, () => read(store, request, { head, etag }));
    return unreadMessage(ListTasksResponseSchema, bytes);
  };
}

/** One page, as the response has it in binary. */
async function read(
  store: Deps["store"],
  request: ListTasksRequest,
  { head, etag }: { head: bigint; etag: string },
): Promise<Buffer> {
  const selection = await selected(store, request, head);
  const { after, limit } = readPage(ListTasksRequestSchema, sameList(request));
  const { withTotal } = request;
  const page = { after: Number(after), limit, areaBytes: PAGE_AREA_BYTES, withTotal };
  const fields = fieldsOf(request, TaskView.WITHOUT_AREA);
  const { bytes, last, more, total } = await store.listTasks(selection, fields, page);
  const nextPageToken = more ? nextPageOf(ListTasksRequestSchema, sameList(request), last ?? 0) : "";
  const counted = total === undefined ? {} : { taskCount: total };
  const rest = create(ListTasksResponseSchema, {
    nextPageToken,
    position: positionText(head),
    etag,
    ...counted,
  });
  return Buffer.concat([bytes, toBinary(ListTasksResponseSchema, rest)]);
}

/** Which tasks. Since before they were made, something happened to all of them. Refuses POSITION_INVALID. */
async function selected(
  store: Deps["store"],
  { projectId, filter, changedSince }: ListTasksRequest,
  head: bigint,
): Promise<Selection> {
  if (changedSince === "") return selectionOf(projectId, filter);
  const since = readPosition(changedSince, head);
  if (!(await store.createdAfter(projectId, since))) return selectionOf(projectId, filter, since);
  const states = filter?.states.length
    ? filter.states
    : Object.values(TaskState).filter((state) => state > 0);
  return selectionOf(projectId, { ...(filter ?? create(TaskFilterSchema)), states });
}

/** What is shown of each task and counted is no filter: a page may show more of them than the page before. */
function sameList(request: ListTasksRequest): ListTasksRequest {
  return { ...request, view: TaskView.UNSPECIFIED, withTotal: false };
}
