import {
  create,
  type DescMessage,
  type DescMethod,
  type DescMethodUnary,
  type MessageInitShape,
} from "@bufbuild/protobuf";
import { durationMs } from "@bufbuild/protobuf/wkt";
import { ConnectError, type Transport } from "@connectrpc/connect";
import { isCommand, rulesOf } from "@tessera/contracts/reason-facts.ts";
import type { Credentials } from "./credentials.ts";
import {
  afterLostAnswer,
  type CallFacts,
  isAboutToken,
  RefusedError,
  typedError,
  UnknownOutcomeError,
} from "./errors.ts";
import { withRequestId } from "./field-roles.ts";
import { retrying } from "./retry.ts";
import { within } from "./within.ts";

/** How long one try may take where the contract says nothing. */
const ATTEMPT_MS = 5_000;
/** How long a call may take with all its tries where the caller says nothing. */
export const DEADLINE_MS = 30_000;
/** How many tries follow the first one, at most, where the caller says nothing. */
export const RETRIES_MAX = 8;
/** With less time left no further try is begun: services refuse commands with less than 100 ms. */
const LEAST_MS = 200;

/** What calls carry, and how long they are tried. */
export interface Reliability {
  credentials?: Credentials | undefined;
  /** DEADLINE_MS unless it is given. */
  deadlineMs?: number | undefined;
  /** RETRIES_MAX unless it is given. */
  retriesMax?: number | undefined;
}

type Header = ConstructorParameters<typeof Headers>[0];

/**
 * A transport whose calls carry a token and a request id, fail with typed errors, and are tried again where that is safe. A
 * `timeoutMs` is for all tries of a call. Streams carry the same and are not tried again: part of them was read.
 */
export function reliableTransport(inner: Transport, reliability: Reliability = {}): Transport {
  const { credentials, deadlineMs = DEADLINE_MS, retriesMax = RETRIES_MAX } = reliability;
  const carry = carrier(inner, credentials);
  return {
    unary: async (method, signal, timeoutMs, header, input, values) => {
      const { message, requestId } = withRequestId(method, create(method.input, input));
      const facts = { rpc: nameOf(method), requestId };
      const attemptMs = attemptMsOf(method);
      const deadline = Date.now() + (timeoutMs ?? Math.max(deadlineMs, 2 * attemptMs));
      let lost: UnknownOutcomeError | undefined;
      const send = (headers: Headers) => {
        const leftMs = Math.max(1, deadline - Date.now());
        if (lost && leftMs < LEAST_MS) throw lost;
        return inner.unary(method, signal, Math.min(attemptMs, leftMs), headers, message as never, values);
      };
      const attempt = () =>
        carry({ header, facts, signal, deadline, send }).catch((error: unknown) => {
          if (error instanceof UnknownOutcomeError && error.rpc === facts.rpc) lost = error;
          throw error;
        });
      try {
        return await retrying(attempt, { retriesMax, deadline, signal });
      } catch (error) {
        const isLost = lost !== undefined && isCommand(method);
        throw isLost && error instanceof RefusedError ? afterLostAnswer(error) : error;
      }
    },
    stream: (method, signal, timeoutMs, header, input, values) => {
      const facts = { rpc: nameOf(method) };
      const deadline = timeoutMs === undefined ? Number.POSITIVE_INFINITY : Date.now() + timeoutMs;
      const requests = identified(method, input);
      const send = async (headers: Headers) => {
        const response = await inner.stream(method, signal, timeoutMs, headers, requests, values);
        if (method.methodKind !== "server_streaming") return response;
        return { ...response, message: await begun(response.message) };
      };
      return carry({ header, facts, signal, deadline, send }).then((response) => ({
        ...response,
        message: typed(response.message, facts),
      }));
    },
  };
}

/** A call that is to be sent. */
interface Sending<T> {
  header: Header;
  facts: CallFacts;
  signal: AbortSignal | undefined;
  /** In milliseconds since the epoch. */
  deadline: number;
  send: (headers: Headers) => Promise<T>;
}

/** Sends calls with a token. A call whose token is refused is sent once more, if there is another token. */
function carrier(inner: Transport, credentials: Credentials | undefined) {
  const auth = credentials && reliableTransport(inner);
  return async <T>({ header, facts, signal, deadline, send }: Sending<T>): Promise<T> => {
    const given = new Headers(header);
    const sendWith = async (token: string | undefined) => {
      const headers = new Headers(given);
      if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
      return send(headers);
    };
    const failed = (error: unknown): never => {
      if (signal?.aborted) throw signal.reason;
      throw typedError(error, facts);
    };
    // What the program's own store or key throws is neither a refusal nor an unknown outcome: nothing was sent.
    const tokenless = (error: unknown) => {
      if (error instanceof ConnectError) return failed(error);
      throw error;
    };
    if (auth === undefined || given.has("authorization")) return sendWith(undefined).catch(failed);
    const tokenAfter = (refused?: string) => {
      const asked = credentials?.token(auth, refused) ?? Promise.resolve(undefined);
      return within(asked, deadline - Date.now(), signal).catch(tokenless);
    };
    const token = await tokenAfter();
    try {
      return await sendWith(token).catch(failed);
    } catch (error) {
      if (token === undefined || !isAboutToken(error)) throw error;
      const other = await tokenAfter(token);
      if (other === token) throw error;
      return sendWith(other).catch(failed);
    }
  };
}

/** A stream of which the first message has come, or that has ended. A refusal comes in place of the first message. */
async function begun<T>(messages: AsyncIterable<T>): Promise<AsyncIterable<T>> {
  const stream = messages[Symbol.asyncIterator]();
  const first = await stream.next();
  return (async function* () {
    try {
      if (first.done) return;
      yield first.value;
      yield* { [Symbol.asyncIterator]: () => stream };
    } finally {
      await stream.return?.();
    }
  })();
}

/** How long one try of a call may take. */
function attemptMsOf(method: DescMethodUnary): number {
  const { defaultDeadline } = rulesOf(method);
  return defaultDeadline === undefined ? ATTEMPT_MS : durationMs(defaultDeadline);
}

/** The requests of a stream, the first one with a request id. */
async function* identified<I extends DescMessage>(
  method: DescMethod & { input: I },
  input: AsyncIterable<MessageInitShape<I>>,
): AsyncIterable<MessageInitShape<I>> {
  let isFirst = true;
  for await (const init of input) {
    yield isFirst ? (withRequestId(method, create(method.input, init)).message as MessageInitShape<I>) : init;
    isFirst = false;
  }
}

async function* typed<T>(messages: AsyncIterable<T>, facts: CallFacts): AsyncIterable<T> {
  try {
    yield* messages;
  } catch (error) {
    throw typedError(error, facts);
  }
}

function nameOf(method: DescMethod): string {
  return `${method.parent.typeName}.${method.name}`;
}
