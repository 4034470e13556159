import { create, toBinary } from "@bufbuild/protobuf";
import type { MethodImpl } from "@connectrpc/connect";
import {
  StreamTasksRequestSchema,
  StreamTasksResponseSchema,
  type TaskService,
  TaskView,
} from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { unreadMessage } from "@tessera/rpc/codec.ts";
import type { Deps } from "../deps.ts";
import { type Selection, selectionOf } from "../selection.ts";
import { etagOf, type KeptLists, keyOfList } from "./kept-lists.ts";
import type { ListedTasks } from "./listed-store.ts";
import { fieldsOf } from "./task-fields.ts";

/** The most tasks in a message, and the most bytes of areas beyond the first task's. */
const MESSAGE_TASKS = 1_000;
const MESSAGE_BYTES = 1024 * 1024;

/** Implements tessera.task.v1.TaskService.StreamTasks. */
export function streamTasks({ store, projects }: Deps): MethodImpl<typeof TaskService.method.streamTasks> {
  return async function* (request, context) {
    const { projectId, filter } = request;
    await projects.access(projectId, context);
    // Before the first task is read: what changes meanwhile has another version.
    const { text } = await store.tasksVersion(projectId);
    const key = keyOfList(StreamTasksRequestSchema, request);
    const etag = etagOf(key, text);
    if (request.knownEtag === etag) return yield { etag, unchanged: true };
    const kept = store.lists.find(key, etag);
    const fields = fieldsOf(request, TaskView.WITH_AREA);
    const messages = kept ?? read(store, { selection: selectionOf(projectId, filter), fields, key, etag });
    let first = true;
    for await (const message of messages) {
      // A slow reader may lose sight of the project between two messages.
      if (!first) await projects.access(projectId, context);
      first = false;
      yield unreadMessage(StreamTasksResponseSchema, message);
    }
  };
}

interface Wanted {
  selection: Selection;
  fields: readonly string[];
  key: string;
  etag: string;
}

/** The messages of a stream in binary. One is read while the one before it is sent. They are kept, if they are not too large. */
async function* read(store: Deps["store"], { selection, fields, key, etag }: Wanted): AsyncGenerator<Buffer> {
  const next = (after: number) =>
    store.listTasks(selection, fields, { after, limit: MESSAGE_TASKS, areaBytes: MESSAGE_BYTES });
  const keeping = keepAll(store.lists);
  let tag = toBinary(StreamTasksResponseSchema, create(StreamTasksResponseSchema, { etag }));
  let reading: Promise<ListedTasks> | undefined = next(0);
  while (reading !== undefined) {
    const { bytes, last, more }: ListedTasks = await reading;
    reading = more && last !== undefined ? next(last) : undefined;
    // Thrown where it is awaited; nobody awaits it once the reader has left.
    reading?.catch(() => {});
    if (bytes.length === 0 && tag.length === 0) break;
    const message = Buffer.concat([bytes, tag]);
    tag = new Uint8Array();
    keeping.add(message);
    yield message;
  }
  const messages = keeping.all();
  if (messages !== undefined) store.lists.keep(key, etag, messages);
}

/** Collects messages until they are too large to be kept. */
function keepAll({ largestBytes }: KeptLists) {
  let messages: Buffer[] | undefined = [];
  let bytes = 0;
  return {
    add(message: Buffer): void {
      bytes += message.length;
      if (bytes > largestBytes) messages = undefined;
      messages?.push(message);
    },
    all: () => messages,
  };
}
