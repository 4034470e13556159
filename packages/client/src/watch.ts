import {
  create,
  type DescMessage,
  type DescMethod,
  type DescMethodServerStreaming,
  type MessageInitShape,
  type MessageShape,
} from "@bufbuild/protobuf";
import { Code, ConnectError, type Transport } from "@connectrpc/connect";
import { type Operation, OperationSchema } from "@tessera/contracts/tessera/rpc/v1/operation_pb.ts";
import { FieldRole } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { UnknownOutcomeError } from "./errors.ts";
import { fieldWithRole } from "./field-roles.ts";
import { retrying } from "./retry.ts";

/**
 * A watch that has received nothing for this long is opened again: a connection may break without a sign. Nothing is lost by
 * that, because it resumes.
 */
const IDLE_MS = 60_000;
/** A stream that was open for this long ends an outage: when it breaks, pauses and `outageMaxMs` begin anew. */
const STEADY_MS = 5_000;

/** How a watch is read. */
export interface WatchOptions {
  /** Ends the watch, without an error. */
  signal?: AbortSignal | undefined;
  headers?: Record<string, string> | undefined;
  /** IDLE_MS unless it is given. */
  idleMs?: number | undefined;
  /** How long the watch is opened again without success before its error is thrown. Without it, until the signal aborts. */
  outageMaxMs?: number | undefined;
}

type Watch<I extends DescMessage, O extends DescMessage> = DescMethodServerStreaming<I, O>;

/** Whether a stream can be opened again where it broke: its contract has positions, or it shows an operation. */
export function isWatch(method: DescMethod): method is DescMethodServerStreaming {
  if (method.methodKind !== "server_streaming") return false;
  const { input, output } = method;
  return (
    fieldWithRole(input, FieldRole.RESUME_POSITION) !== undefined || operationField(output) !== undefined
  );
}

/**
 * Follows a stream for as long as its reader wants. When the stream breaks or ends, it is opened again after the last
 * position; the messages that only say where a stream begins come once. A watch of an operation ends when that is done.
 *
 * A refusal ends the watch with a RefusedError, such as POSITION_FORGOTTEN for a position that is kept no longer.
 */
export async function* watch<I extends DescMessage, O extends DescMessage>(
  transport: Transport,
  method: Watch<I, O>,
  request: MessageInitShape<I>,
  { signal, outageMaxMs = Number.POSITIVE_INFINITY, ...options }: WatchOptions = {},
): AsyncGenerator<MessageShape<O>, void, undefined> {
  const reader = readerOf(transport, method, create(method.input, request), options);
  const abort = () => reader.close();
  signal?.addEventListener("abort", abort, { once: true });
  try {
    let next = await again(reader.next);
    while (next !== undefined && !signal?.aborted) {
      yield next;
      next = await reader.next().catch(afterBreak);
    }
  } catch (error) {
    if (!signal?.aborted) throw error;
  } finally {
    signal?.removeEventListener("abort", abort);
    reader.close();
  }

  async function afterBreak(first: unknown): Promise<MessageShape<O> | undefined> {
    for (let error = first; ; ) {
      try {
        return await again(
          failingFirst(error instanceof SteadyStreamBroke ? error.cause : error, reader.next),
        );
      } catch (later) {
        if (!(later instanceof SteadyStreamBroke)) throw later;
        error = later;
      }
    }
  }

  function again<T>(attempt: () => Promise<T>): Promise<T> {
    return retrying(attempt, {
      retriesMax: Number.POSITIVE_INFINITY,
      deadline: Date.now() + outageMaxMs,
      signal,
    });
  }
}

/** A stream broke that had been open for STEADY_MS: its cause says how. */
class SteadyStreamBroke extends Error {}

/** An attempt whose first try has failed already. */
function failingFirst<T>(error: unknown, attempt: () => Promise<T>): () => Promise<T> {
  let isFirst = true;
  return async () => {
    if (!isFirst) return attempt();
    isFirst = false;
    throw error;
  };
}

interface Reader<T> {
  /** The next message for the reader; undefined at the end. Throws when the stream breaks, and opens it again next time. */
  next: () => Promise<T | undefined>;
  close: () => void;
}

type Values = Record<string, unknown>;

function readerOf<I extends DescMessage, O extends DescMessage>(
  transport: Transport,
  method: Watch<I, O>,
  request: MessageShape<I>,
  { headers, idleMs = IDLE_MS }: WatchOptions,
): Reader<MessageShape<O>> {
  const resume = fieldWithRole(method.input, FieldRole.RESUME_POSITION)?.localName;
  const position = fieldWithRole(method.output, FieldRole.POSITION)?.localName;
  const isNews = newsIn(method.output);
  const isLast = lastOf(method.output);
  let asked = request;
  let controller: AbortController | undefined;
  let messages: AsyncIterator<MessageShape<O>> | undefined;
  let openedMs = Number.POSITIVE_INFINITY;
  let last: MessageShape<O> | undefined;
  const close = () => {
    controller?.abort(ended(method));
    controller = undefined;
    messages = undefined;
  };
  const opened = async () => {
    controller = new AbortController();
    openedMs = Number.POSITIVE_INFINITY;
    const sent = (async function* () {
      yield asked as MessageInitShape<I>;
    })();
    const { message } = await transport.stream(method, controller.signal, undefined, headers, sent);
    openedMs = Date.now();
    return message[Symbol.asyncIterator]();
  };
  const read = async (): Promise<MessageShape<O> | undefined> => {
    if (last !== undefined && isLast(last)) return undefined;
    messages ??= await opened();
    const open = messages;
    for (;;) {
      const { done, value } = await open.next();
      if (done) throw ended(method);
      if (resume && position) asked = { ...asked, [resume]: (value as Values)[position] };
      const before = last;
      last = value;
      if (before === undefined || isNews(value, before)) return value;
    }
  };
  const next = async () => {
    const quiet = setTimeout(close, idleMs);
    try {
      return await read();
    } catch (error) {
      close();
      const isSteady = Date.now() - openedMs >= STEADY_MS;
      throw isSteady ? new SteadyStreamBroke("a stream broke", { cause: error }) : error;
    } finally {
      clearTimeout(quiet);
    }
  };
  return { next, close };
}

/** A stream that ended without an error, before its reader wanted that. */
function ended({ parent, name }: DescMethodServerStreaming): UnknownOutcomeError {
  const cause = new ConnectError("the stream ended", Code.Unavailable);
  return new UnknownOutcomeError(cause, { rpc: `${parent.typeName}.${name}` });
}

/** Whether a message that is not the first one says something new: an event carries another message. */
function newsIn<O extends DescMessage>(
  output: O,
): (message: MessageShape<O>, before: MessageShape<O>) => boolean {
  const operation = operationField(output)?.localName;
  if (operation !== undefined)
    return (message, before) =>
      operationIn(message, operation)?.revision !== operationIn(before, operation)?.revision;
  const carried = output.fields.filter((it) => it.message !== undefined).map(({ localName }) => localName);
  return (message) =>
    carried.some((name) => {
      const value = (message as Values)[name];
      return Array.isArray(value) ? value.length > 0 : value !== undefined;
    });
}

/** Whether nothing follows a message: the operation that it shows is done. */
function lastOf<O extends DescMessage>(output: O): (message: MessageShape<O>) => boolean {
  const operation = operationField(output)?.localName;
  if (operation === undefined) return () => false;
  return (message) => operationIn(message, operation)?.done === true;
}

function operationField({ fields }: DescMessage) {
  return fields.find(({ message }) => message?.typeName === OperationSchema.typeName);
}

function operationIn(message: object, name: string): Operation | undefined {
  return (message as Values)[name] as Operation | undefined;
}
