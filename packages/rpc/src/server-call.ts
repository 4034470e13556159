import type { BlockList } from "node:net";
import { create, type DescMethod, type MessageShape } from "@bufbuild/protobuf";
import {
  Code,
  ConnectError,
  createContextKey,
  createContextValues,
  type HandlerContext,
} from "@connectrpc/connect";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import { clientAddress } from "./admission/client-address.ts";
import { decodeRequest } from "./codec.ts";
import { type Correlation, correlationOf, REQUEST_ID_HEADER, TRACE_HEADER } from "./correlation.ts";
import { deadlineKey, deadlineOf } from "./deadline.ts";
import type { DirectStream } from "./direct.ts";
import { refusals } from "./refusal.ts";
import { tooLongOnWire } from "./validation/sizes.ts";
import { fieldInvalid } from "./validation/validation.ts";
import type { WireCall } from "./wire-call.ts";

/** Timers take no longer time than this, in milliseconds: some 24 days. */
const TIMER_MAX_MS = 2 ** 31 - 1;
/** A request may be as large as this, in bytes. */
export const MESSAGE_MAX_BYTES = 4 * 1024 * 1024;

/**
 * How a caller asks that what is decided of its rights is at least as fresh as what it knows: the request directive of RFC
 * 9111, "no-cache" for anew, or "max-age=2" for no older than two seconds.
 */
export const FRESHNESS_HEADER = "cache-control";

const refuse = refusals(ReasonSchema);

/** Where an interceptor's request keeps the call that it belongs to. */
export const serverCallKey = createContextKey<ServerCall | undefined>(undefined, {
  description: "server call",
});

/** One call as the wire reports it, seen as Connect's handlers and interceptors want to see it. */
export class ServerCall implements HandlerContext {
  readonly method: DescMethod;
  readonly requestMethod = "POST";
  readonly protocolName = "grpc";
  readonly values = createContextValues();
  readonly url: string;
  readonly #call: WireCall;
  readonly #timer: NodeJS.Timeout | undefined;
  #ended = false;
  #reason: ConnectError | undefined;
  #controller: AbortController | undefined;
  /** Called when the call is aborted before it was answered. */
  onAbort: (reason: ConnectError) => void = () => {};
  #correlation: Correlation | undefined;
  #requestHeader: Headers | undefined;
  #responseHeader: Headers | undefined;
  #responseTrailer: Headers | undefined;

  constructor(method: DescMethod, call: WireCall) {
    const now = Date.now();
    const deadline = deadlineOf(method, call.deadlineMs, now);
    this.method = method;
    this.url = call.path;
    this.values.set(deadlineKey, deadline).set(serverCallKey, this);
    this.#call = call;
    // Also called for an answered call, when its stream closes.
    call.onClose(() => this.#ended || this.abort(new ConnectError("the caller left", Code.Canceled)));
    if (deadline !== Number.POSITIVE_INFINITY)
      this.#timer = setTimeout(() => this.abort(deadlineExceeded()), Math.min(deadline - now, TIMER_MAX_MS));
  }

  get service() {
    return this.method.parent;
  }

  /** Made when somebody wants it: most calls end before anybody does. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  /** Why the call was aborted, if it was: to ask does not make the signal. */
  get abortReason(): ConnectError | undefined {
    return this.#reason;
  }

  /** What the certificate of the connection calls its client; none for a connection in clear. */
  get peerNames(): readonly string[] {
    return this.#call.peer.names;
  }

  /** The header that says who calls: to ask does not make the headers. Refuses TOKEN_INVALID where there are several. */
  get authorization(): string | null {
    if (this.#call.authorizations > 1)
      throw refuse(Reason.TOKEN_INVALID, { detail: "Authorization must be given once" });
    return this.header("authorization");
  }

  /** A header of the request: to ask does not make the headers. */
  header(name: string): string | null {
    return this.#call.header(name) ?? null;
  }

  /** What joins the log lines of this request. */
  get correlation(): Correlation {
    this.#correlation ??= correlationOf(this.header(REQUEST_ID_HEADER), this.header(TRACE_HEADER));
    return this.#correlation;
  }

  get direct(): DirectStream | undefined {
    return this.#call.direct;
  }

  /** The address of the client, which limits are kept by; behind a proxy that is trusted, the one that it names. */
  clientAddress(trusted: BlockList): string {
    return clientAddress(trusted, this.#call.peer.address, this.#call.header("x-forwarded-for"));
  }

  get requestHeader(): Headers {
    this.#requestHeader ??= headersOf(this);
    return this.#requestHeader;
  }

  get responseHeader(): Headers {
    this.#responseHeader ??= new Headers();
    return this.#responseHeader;
  }

  get responseTrailer(): Headers {
    this.#responseTrailer ??= new Headers();
    return this.#responseTrailer;
  }

  timeoutMs = (): number | undefined => {
    const left = this.values.get(deadlineKey) - Date.now();
    return Number.isFinite(left) ? left : undefined;
  };

  abort(reason: ConnectError): void {
    clearTimeout(this.#timer);
    this.#reason = reason;
    this.#controller?.abort(reason);
    this.onAbort(reason);
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
  }
}

/** A header of a request: to ask does not make the headers. */
export function headerOf(
  context: Pick<HandlerContext, "values" | "requestHeader">,
  name: string,
): string | null {
  const call = context.values.get(serverCallKey);
  return call === undefined ? context.requestHeader.get(name) : call.header(name);
}

/** Throws when the caller does not wait for the answer any more. */
export function throwIfAborted(context: Pick<HandlerContext, "values" | "signal">): void {
  const call = context.values.get(serverCallKey);
  if (call === undefined) context.signal.throwIfAborted();
  else if (call.abortReason !== undefined) throw call.abortReason;
}

/** Reads a request, refusing what is too large or not the RPC's message. */
export function readRequest(method: DescMethod, bytes: Buffer): MessageShape<DescMethod["input"]> {
  if (bytes.length > MESSAGE_MAX_BYTES) throw messageTooLarge();
  if (bytes.length === 0) return create(method.input);
  const long = readable(method, () => tooLongOnWire(method.input, bytes));
  if (long.length > 0) throw fieldInvalid(long);
  return readable(method, () => decodeRequest(method.input, bytes));
}

function readable<T>({ input }: DescMethod, read: () => T): T {
  try {
    return read();
  } catch {
    throw refuse(Reason.MESSAGE_MALFORMED, { detail: `The request is not a ${input.typeName}` });
  }
}

export function messageTooLarge() {
  return refuse(Reason.MESSAGE_TOO_LARGE, { metadata: { limit_bytes: String(MESSAGE_MAX_BYTES) } });
}

export function deadlineExceeded(): ConnectError {
  return new ConnectError("the deadline passed before the answer arrived", Code.DeadlineExceeded);
}

/** What concerns a handler; the rest is the wire's own. */
function headersOf(call: ServerCall): Headers {
  const { requestId, trace } = call.correlation;
  const headers = new Headers({ [REQUEST_ID_HEADER]: requestId, [TRACE_HEADER]: trace });
  for (const name of ["authorization", FRESHNESS_HEADER]) {
    const value = call.header(name);
    if (value !== null) headers.set(name, value);
  }
  return headers;
}
