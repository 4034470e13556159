import { BlockList } from "node:net";
import type { DescMethod, Message } from "@bufbuild/protobuf";
import { Code, ConnectError, type ContextValues, type Interceptor } from "@connectrpc/connect";
import { isCommand } from "@tessera/contracts/reason-facts.ts";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import type { Logger } from "pino";
import { admission, type Comer, type Rooms } from "./admission/admission.ts";
import { admittedKey } from "./admission/away.ts";
import type { Admitted } from "./admission/work-queue.ts";
import { authenticate } from "./authenticate.ts";
import { type Caller, callerKey, type VerifyToken } from "./caller.ts";
import { type Correlation, correlate, traceIdOf } from "./correlation.ts";
import { deadlineKey, LEAST_MS } from "./deadline.ts";
import { Refusal, refusals } from "./refusal.ts";
import { refusalToError } from "./refusal-wire.ts";
import { serverCallKey } from "./server-call.ts";
import { type RevokedCallers, revokedKey } from "./stream-end.ts";
import { refuseAnotherPath } from "./stream-ticket.ts";
import type { Tls } from "./tls.ts";
import { keepSelected } from "./validation/selected-fields.ts";
import { validate } from "./validation/validation.ts";

/** What a failure outside our own code means to the caller, if it has a meaning: the database is not there, and such. */
export type TranslateFailure = (error: unknown) => ConnectError | undefined;

const refuse = refusals(ReasonSchema);

const NOBODY = new BlockList();

type Call = Parameters<ReturnType<Interceptor>>[0];

/**
 * Stands before every handler of a service: admits the call, finds the caller, checks the deadline and the fields, puts
 * refusals on the wire, strips what must not leave, and writes one line of log.
 *
 * It is one interceptor and not seven, because each costs as much as the wire itself.
 */
export function guard(options: {
  verify: VerifyToken;
  log: Logger;
  translate: TranslateFailure;
  /** Which clients may call what, by their certificates; any, without it. */
  tls?: Pick<Tls, "admits"> | undefined;
  /** How many may be let in at once; ROOMS unless a test says otherwise. */
  rooms?: Rooms;
  /** The proxies whose word about a client's address is taken: none, without it. */
  trustedProxies?: BlockList;
  /** Ends the streams of callers whose tokens are revoked; nothing does, without it. */
  revocations?: RevokedCallers | undefined;
}): Interceptor {
  const doorway = admission(options.rooms);
  return (next) => async (call) => {
    const started = performance.now();
    const correlation = call.contextValues.get(serverCallKey)?.correlation ?? correlate(call.header);
    let admitted: Admitted | undefined;
    let revocable: Revocable | undefined;
    // Known once the request is read: a request of a caller that is not admitted stays unread.
    let projectId: unknown;
    const end = (error?: unknown) => {
      revocable?.release();
      admitted?.leave(error === undefined);
      return record(
        call,
        { correlation, projectId, durationMs: performance.now() - started },
        options,
        error,
      );
    };
    try {
      if (options.tls) admitPeer(call, options.tls);
      const caller = await authenticate(call.method, authorizationOf(call), options.verify);
      call.contextValues.set(callerKey, caller);
      const entered = doorway.enter(comerOf(call, caller, options.trustedProxies));
      admitted = entered instanceof Promise ? await entered : entered;
      call.contextValues.set(admittedKey, admitted);
      begin(call);
      if (call.method.methodKind === "server_streaming") revocable = untilRevoked(call, caller, options);
      if (!call.stream) {
        validate(call.method.input, call.message);
        if (caller.path !== "") refuseAnotherPath(call.method, call.message, caller.path);
        ({ projectId } = call.message as { projectId?: unknown });
      }
      const response = await next(
        call.stream ? { ...call, message: validated(call.method, call.message, caller) } : call,
      );
      if (!call.stream && !response.stream) keepSelected(call.method, call.message, response.message);
      if (response.stream) return { ...response, message: untilEnd(response.message, end, revocable) };
      end();
      return response;
    } catch (error) {
      throw end(error);
    }
  };
}

/** The token of a caller whose stream lasts. */
interface Revocable {
  /** Aborts with the refusal of a token that was revoked. */
  revoked: AbortSignal;
  release(): void;
}

function untilRevoked(
  { contextValues }: Call,
  caller: Caller,
  { revocations }: { revocations?: RevokedCallers | undefined },
): Revocable | undefined {
  if (revocations === undefined || caller.userId === 0n) return undefined;
  const controller = new AbortController();
  const release = revocations.onRevoked(caller, (refusal) => controller.abort(refusal));
  contextValues.set(revokedKey, controller.signal);
  return { revoked: controller.signal, release };
}

function comerOf(call: Call, caller: Caller, trusted: BlockList = NOBODY): Comer {
  const known = call.contextValues.get(serverCallKey);
  return {
    method: call.method,
    caller,
    address: () => known?.clientAddress(trusted) ?? "",
    isGone: () => known?.abortReason !== undefined,
  };
}

/** A call whose caller disconnected, or whose deadline passed, while it waited is not started. */
function begin({ method, contextValues }: Call): void {
  const gone = contextValues.get(serverCallKey)?.abortReason;
  if (gone !== undefined) throw gone;
  if (isCommand(method)) leaveTime(contextValues);
}

function admitPeer(call: Call, tls: Pick<Tls, "admits">): void {
  const names = call.contextValues.get(serverCallKey)?.peerNames ?? [];
  if (!tls.admits(call.method, names)) throw refuse(Reason.PEER_NOT_ALLOWED);
}

function authorizationOf(call: Call): string | null {
  const known = call.contextValues.get(serverCallKey);
  return known ? known.authorization : call.header.get("authorization");
}

function leaveTime(values: ContextValues): void {
  if (values.get(deadlineKey) - Date.now() < LEAST_MS) {
    throw refuse(Reason.DEADLINE_TOO_SHORT, { metadata: { least_ms: String(LEAST_MS) } });
  }
}

async function* validated<M extends Message>(
  method: DescMethod,
  messages: AsyncIterable<M>,
  { path }: Caller,
): AsyncGenerator<M> {
  for await (const message of messages) {
    validate(method.input, message);
    if (path !== "") refuseAnotherPath(method, message, path);
    yield message;
  }
}

/**
 * A stream ends once: whole, by a failure, or because its reader left, which only `finally` sees. Nothing is sent
 * after the reader's token was revoked.
 */
async function* untilEnd<M>(
  messages: AsyncIterable<M>,
  end: (error?: unknown) => unknown,
  revocable: Revocable | undefined,
): AsyncGenerator<M> {
  let failed = false;
  try {
    for await (const message of messages) {
      revocable?.revoked.throwIfAborted();
      yield message;
    }
    revocable?.revoked.throwIfAborted();
  } catch (error) {
    failed = true;
    throw end(error);
  } finally {
    if (!failed) end();
  }
}

/** What a log line says of a call. */
interface Recorded {
  correlation: Correlation;
  projectId: unknown;
  durationMs: number;
}

/** Logs the end of a call, and returns what its caller may know of the error. */
function record(
  call: Call,
  { correlation, projectId, durationMs }: Recorded,
  { log, translate }: { log: Logger; translate: TranslateFailure },
  error?: unknown,
): ConnectError | undefined {
  const caller = call.contextValues.get(callerKey);
  const line = {
    rpc: `${call.service.typeName}/${call.method.name}`,
    request_id: correlation.requestId,
    trace_id: traceIdOf(correlation.trace),
    // Of the project that the call is about.
    ...(typeof projectId === "number" && projectId > 0 && { project_id: projectId }),
    user_id: String(caller.userId),
    ...(caller.actor !== "" && { actor: caller.actor }),
    duration_ms: Math.round(durationMs * 100) / 100,
  };
  if (error === undefined) {
    log.info({ ...line, code: "OK" }, "call");
    return undefined;
  }
  if (error instanceof Refusal) {
    log.info({ ...line, code: Code[error.reason.code], reason: error.reason.name }, "call");
    return refusalToError(error);
  }
  const known = error instanceof ConnectError ? passable(error) : translate(error);
  if (known !== undefined) {
    log.warn({ ...line, code: Code[known.code], cause: causeOf(error) }, "call");
    return known;
  }
  log.error({ ...line, code: "Internal", err: error }, "call failed with an internal error");
  return new ConnectError("internal error", Code.Internal);
}

const PASSABLE = [
  Code.Canceled,
  Code.DeadlineExceeded,
  Code.Unavailable,
  Code.ResourceExhausted,
  Code.Unimplemented,
];

/** An error of a service that was asked crosses unchanged if it is a refusal, and as its code alone otherwise. */
function passable(error: ConnectError): ConnectError | undefined {
  if (error.details.length > 0) {
    const copy = new ConnectError(error.rawMessage, error.code);
    copy.details = error.details;
    return copy;
  }
  return PASSABLE.includes(error.code) ? new ConnectError(Code[error.code] ?? "", error.code) : undefined;
}

function causeOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
