import type { ServerResponse } from "node:http";
import { clone, type DescField, type Message, toBinary } from "@bufbuild/protobuf";
import { pathOf } from "@tessera/rpc/codec.ts";
import { type Caller, callStream, type TransportFor } from "../call.ts";
import { fieldValue, setFieldValue } from "../requests/field-value.ts";
import type { Route } from "../routes/route.ts";
import { drained } from "./drained.ts";
import { endWith } from "./end-with.ts";
import { isBehind, type Reader, StreamGroup } from "./stream-group.ts";

type Reading = Reader & {
  /** Whether its answer has begun with the first message of a stream. */
  hasBegun: boolean;
};

/** The groups that read, by RPC and request without its position. */
export type StreamGroups = Map<string, StreamGroup>;

/** A stream that others may read too. */
export interface SharedStream {
  route: Route;
  message: Message;
  transportFor: TransportFor;
  caller: Caller;
  response: ServerResponse;
  /** Begins the answer, if it has not begun. */
  open(): void;
  frame(message: Message): string;
}

/** Whether a stream brings each of its readers the same events. */
export function isShared(
  { sharedBy, withoutEvents, position, resumePosition }: Route,
  message: Message,
): boolean {
  if (sharedBy === undefined || withoutEvents === undefined) return false;
  const resumes = position !== undefined && resumePosition !== undefined;
  return resumes && fieldValue(message, sharedBy) !== undefined;
}

/**
 * Sends a stream to its reader, together with the others of its group. Returns when the stream has ended, and throws what
 * it failed with.
 *
 * A reader begins with a stream of its own. As soon as it has an event that its group has as well, it follows the group:
 * its own stream is one without events then, by which the service decides when it ends, as it does for every reader.
 */
export async function readShared(groups: StreamGroups, shared: SharedStream): Promise<void> {
  const { route, message, response } = shared;
  const key = keyOf(route, message);
  const group = groups.get(key) ?? new StreamGroup();
  groups.set(key, group);
  const position = fieldValue(message, route.resumePosition as DescField) as string;
  const reader: Reading = { response, position, hasBegun: false };
  try {
    let isOver = false;
    while (!isOver) {
      const follows = group.has(reader.position) && !group.isLedBy(reader);
      isOver = follows ? await follow(group, reader, shared) : await readAlone(group, reader, shared);
    }
  } finally {
    group.resign(reader);
    if (group.isEmpty) groups.delete(key);
  }
}

/** Reads a stream of its own, until that ends or the group has what the reader has. Returns whether it ended. */
async function readAlone(group: StreamGroup, reader: Reading, shared: SharedStream): Promise<boolean> {
  const { response, route } = shared;
  const own = endWith([shared.caller.signal]);
  // The first message of a stream that continues where another ended says nothing new.
  let isNew = !reader.hasBegun;
  try {
    for await (const message of await call(shared, reader.position, own.signal, false)) {
      const frame = isNew ? Buffer.from(shared.frame(message)) : NOTHING;
      isNew = true;
      show(reader, shared, frame);
      reader.position = fieldValue(message, route.position as DescField) as string;
      const leads = group.leads(reader);
      if (leads) group.publish(reader.position, isEvent(route, message) ? frame : NOTHING);
      if (isBehind(response)) {
        group.resign(reader);
        await drained(response, own.signal);
      } else if (!leads && group.has(reader.position)) {
        own.now();
        return false;
      }
    }
    return true;
  } finally {
    own.now();
  }
}

const NOTHING = Buffer.alloc(0);

function show(reader: Reading, { open }: SharedStream, frame: Buffer | string): void {
  open();
  if (frame.length > 0) reader.response.write(frame);
  reader.hasBegun = true;
}

function isEvent({ rpc }: Route, message: Message): boolean {
  return rpc.output.fields.some((it) => it.message !== undefined && fieldValue(message, it) !== undefined);
}

/** Follows the group for as long as a stream without events lasts. Returns whether that ended. */
async function follow(group: StreamGroup, reader: Reading, shared: SharedStream): Promise<boolean> {
  const { response } = shared;
  const own = endWith([shared.caller.signal]);
  try {
    const messages = await call(shared, reader.position, own.signal, true);
    const iterator = messages[Symbol.asyncIterator]();
    const first = await iterator.next();
    if (first.done) return true;
    if (!reader.hasBegun) show(reader, shared, shared.frame(first.value));
    const over = new AbortController();
    const ended = iterator.next().finally(() => over.abort());
    // It is awaited where it ends the stream, and of no interest where the reader leaves.
    ended.catch(() => {});
    for (;;) {
      const leaving = await group.follow(reader, over.signal);
      if (leaving === "leads") return false;
      if (leaving === "behind") await drained(response, own.signal);
      if (over.signal.aborted) return (await ended).done === true;
      if (!group.has(reader.position)) return false;
    }
  } finally {
    own.now();
  }
}

function call(
  { route, message, transportFor, caller }: SharedStream,
  position: string,
  signal: AbortSignal,
  withoutEvents: boolean,
): Promise<AsyncIterable<Message>> {
  const request = clone(route.rpc.input, message);
  setFieldValue(request, route.resumePosition as DescField, position);
  setFieldValue(request, route.withoutEvents as DescField, withoutEvents);
  return callStream(transportFor, route, request, { ...caller, signal });
}

function keyOf({ rpc, resumePosition }: Route, message: Message): string {
  const request = clone(rpc.input, message);
  setFieldValue(request, resumePosition as DescField, "");
  return `${pathOf(rpc)} ${Buffer.from(toBinary(rpc.input, request)).toString("base64")}`;
}
