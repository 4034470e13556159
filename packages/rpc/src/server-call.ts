import type { BlockList } from "node:net";
import { create, type DescMethod, type MessageShape } from "@bufbuild/protobuf";
import {
  Code,
  ConnectError,
  createContextKey,
  createContextValues,
  type HandlerContext,
} from "@connectrpc/connect";
import type { Metadata } from "@grpc/grpc-js";
import type { ServerSurfaceCall } from "@grpc/grpc-js/build/src/server-call.js";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import { clientAddress } from "./admission/client-address.ts";
import { decodeRequest } from "./codec.ts";
import { REQUEST_ID_HEADER, TRACE_HEADER } from "./correlation.ts";
import { deadlineKey, deadlineOf } from "./deadline.ts";
import { refusals } from "./refusal.ts";
import { namesIn } from "./tls.ts";
import { tooLongOnWire } from "./validation/sizes.ts";
import { fieldInvalid } from "./validation/validation.ts";

/** A request may be as large as this, in bytes. */
export const MESSAGE_MAX_BYTES = 4 * 1024 * 1024;

const refuse = refusals(ReasonSchema);

/** Where an interceptor's request keeps the call that it belongs to. */
export const serverCallKey = createContextKey<ServerCall | undefined>(undefined, {
  description: "server call",
});

/** One call as grpc-js reports it, seen as Connect's handlers and interceptors want to see it. */
export class ServerCall implements HandlerContext {
  readonly method: DescMethod;
  readonly requestMethod = "POST";
  readonly protocolName = "grpc";
  readonly values = createContextValues();
  readonly url: string;
  readonly #call: ServerSurfaceCall;
  readonly #timer: NodeJS.Timeout | undefined;
  #ended = false;
  #reason: ConnectError | undefined;
  #controller: AbortController | undefined;
  /** Called when the call is aborted before it was answered. */
  onAbort: (reason: ConnectError) => void = () => {};
  #requestHeader: Headers | undefined;
  #responseHeader: Headers | undefined;
  #responseTrailer: Headers | undefined;

  constructor(method: DescMethod, call: ServerSurfaceCall) {
    const now = Date.now();
    const asked = Number(call.getDeadline());
    const deadline = deadlineOf(method, asked, now);
    this.method = method;
    this.url = call.getPath();
    this.values.set(deadlineKey, deadline).set(serverCallKey, this);
    this.#call = call;
    // Also called for an answered call, when its stream closes.
    call.on("cancelled", () => this.#ended || this.abort(new ConnectError("the caller left", Code.Canceled)));
    // grpc-js keeps the caller's own deadline; one that we set, or shortened, is ours to keep.
    if (deadline < asked) this.#timer = setTimeout(() => this.abort(deadlineExceeded()), deadline - now);
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
  get peerNames(): string[] {
    const certificate = this.#call.getAuthContext().sslPeerCertificate;
    return certificate === undefined ? [] : namesIn(certificate);
  }

  /** The header that says who calls: to ask does not make the headers. Refuses TOKEN_INVALID where there are several. */
  get authorization(): string | null {
    const [value, ...others] = this.#call.metadata.get("authorization");
    if (others.length > 0) throw refuse(Reason.TOKEN_INVALID, { detail: "Authorization must be given once" });
    return typeof value === "string" ? value : null;
  }

  /** The address of the client, which limits are kept by; behind a proxy that is trusted, the one that it names. */
  clientAddress(trusted: BlockList): string {
    const [forwarded] = this.#call.metadata.get("x-forwarded-for");
    const peer = this.#call.getPeer().replace(/:[0-9]+$/, "");
    return clientAddress(trusted, peer, typeof forwarded === "string" ? forwarded : undefined);
  }

  get requestHeader(): Headers {
    this.#requestHeader ??= headersOf(this.#call.metadata);
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
const HEADERS = ["authorization", REQUEST_ID_HEADER, TRACE_HEADER, "cache-control"];

function headersOf(metadata: Metadata): Headers {
  const headers = new Headers();
  for (const key of HEADERS) {
    const [value] = metadata.get(key);
    if (typeof value === "string") headers.set(key, value);
  }
  return headers;
}
