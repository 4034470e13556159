import {
  create,
  type DescMessage,
  type DescMethod,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import type { HandlerContext } from "@connectrpc/connect";
import { rulesOf } from "@tessera/contracts/reason-facts.ts";
import type { Acknowledgement } from "@tessera/contracts/tessera/rpc/v1/acknowledgement_pb.ts";
import { FieldRole } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import { type Caller, callerOf } from "@tessera/rpc/caller.ts";
import { refusals } from "@tessera/rpc/refusal.ts";
import { fieldWithRole } from "@tessera/rpc/request-id.ts";
import { throwIfAborted } from "@tessera/rpc/server-call.ts";
import { databaseFailure } from "./database-failure.ts";
import { acknowledgement, type Outcome, type RequestKey, replay, requestKey } from "./requests.ts";

/** Maximum number of tries of a command whose resource is changed by others. Then it is refused as CONTENDED. */
export const ATTEMPTS_MAX = 5;
const RETRY_AFTER_MS = 100;

const refuse = refusals(ReasonSchema);

/** What a command comes to: the resource that its acknowledgement names, and what else its response says. */
export interface Answer<O extends DescMessage> {
  name: string;
  revision: bigint;
  response?: MessageInitShape<O>;
  /** Fields of the response that are never stored, such as a token. `repeated` makes them anew. */
  secret?: MessageInitShape<O>;
  /** The field FIELD_ROLE_DOCUMENT of the response: called for a request that asks for it, and never stored. */
  document?: (commitTime: Date) => MessageInitShape<O>;
}

/** An answer that is committed. */
export interface Written<O extends DescMessage> extends Answer<O> {
  /** By the database's clock. */
  commitTime: Date;
}

/** A request that took effect, as it is stored. */
export type Remembered = Outcome & { digest: Uint8Array };

/** One try of a command. */
export interface Attempt<O extends DescMessage> {
  readonly caller: Caller;
  readonly context: HandlerContext;
  readonly key: RequestKey;
  /**
   * Calls another service, or does slow work, once for the command, whatever the number of attempts. The nth call of
   * each try gives the nth answer, so the order of calls must not depend on what was read.
   */
  once<T>(ask: () => Promise<T>): Promise<T>;
  /** Ends the command if the request took effect before: with the same acknowledgement, or refused as REQUEST_ID_REUSED. */
  replay(remembered: Remembered | undefined): void;
  /** What is stored of the request in the transaction of its effect. */
  remember(answer: Answer<O>): RequestKey & Omit<Outcome, "commitTime">;
  /** Throws if the caller has hung up or its deadline has passed. Called before the write. */
  throwIfGone(): void;
}

/** What differs between commands. */
export interface CommandOptions<I extends DescMessage, O extends DescMessage> {
  /** The owner of a request without a signed-in caller. The user's id without it. */
  callerIn?: (request: MessageShape<I>, context: HandlerContext) => string;
  /** Completes a response that is replayed by what is never stored. */
  repeated?: (
    response: MessageShape<O>,
    request: MessageShape<I>,
    context: HandlerContext,
  ) => Promise<MessageShape<O>>;
  /** Makes a further try after this process's others that were overtaken on the same thing, so that they do not starve. */
  again?: <T>(request: MessageShape<I>, retry: () => Promise<T>) => Promise<T>;
  attemptsMax?: number;
  /** The query that shows what the acknowledgement names. A caller without its scope gets no document. */
  shownBy?: DescMethod;
}

type Request<I extends DescMessage> = MessageShape<I> & { requestId: string };
type Handle<I extends DescMessage, O extends DescMessage> = (
  request: Request<I>,
  attempt: Attempt<O>,
) => Promise<Written<O> | undefined>;

/** Thrown by `replay`, caught by `command`. */
class Replayed extends Error {
  readonly remembered: Remembered;
  constructor(remembered: Remembered) {
    super("the request took effect before");
    this.remembered = remembered;
  }
}

/** Thrown by a write that finds the resource changed since it was read. Nothing is written. */
export class Overtaken extends Error {}

/**
 * The one way to run a command: `handle` reads, asks, decides and writes, in this order and from top to bottom. It returns
 * what it wrote; undefined, with nothing written, if others were quicker: it is then tried again from the read. Refuses
 * REQUEST_ID_REUSED and CONTENDED beside what `handle` refuses.
 *
 * The request is remembered for its caller within its project, which is the field `project_id` of the request or of its
 * `project`, if any.
 */
export function command<I extends DescMessage, O extends DescMessage>(
  method: DescMethod & { input: I; output: O },
  handle: Handle<I, O>,
  {
    callerIn = signedIn,
    repeated,
    again = (_, retry) => retry(),
    attemptsMax = ATTEMPTS_MAX,
    shownBy,
  }: CommandOptions<I, O> = {},
): (request: MessageShape<I>, context: HandlerContext) => Promise<MessageShape<O>> {
  const documentField = fieldWithRole(method.input, FieldRole.WANTS_DOCUMENT);
  return async (message, context) => {
    const request = message as Request<I>;
    const isWanted = documentField !== undefined && takeFlag(request, documentField.localName);
    const showsDocument = isWanted && shownBy !== undefined && mayRead(context, shownBy);
    const scope = { projectId: projectIn(request), caller: callerIn(request, context) };
    const key = requestKey(method, request, scope);
    const asked: Promise<unknown>[] = [];
    const attempt = async (): Promise<MessageShape<O> | undefined> => {
      try {
        const written = await handle(request, attemptOf(method.output, key, context, asked));
        return written && responseOf(method.output, key, written, showsDocument);
      } catch (error) {
        if (error instanceof Replayed) {
          const response = replay(method.output, key, error.remembered);
          return repeated ? await repeated(response, request, context) : response;
        }
        if (error instanceof Overtaken || databaseFailure(error) === "conflict") return undefined;
        throw error;
      }
    };
    for (let tries = 0; tries < attemptsMax; tries++) {
      const response = await (tries === 0 ? attempt() : again(request, attempt));
      if (response !== undefined) return response;
    }
    throw refuse(Reason.CONTENDED, {
      metadata: { attempts: String(attemptsMax) },
      retryAfterMs: RETRY_AFTER_MS,
    });
  };
}

function attemptOf<O extends DescMessage>(
  output: O,
  key: RequestKey,
  context: HandlerContext,
  asked: Promise<unknown>[],
): Attempt<O> {
  let questions = 0;
  return {
    caller: callerOf(context),
    context,
    key,
    once<T>(ask: () => Promise<T>): Promise<T> {
      const question = questions++;
      asked[question] ??= ask();
      return asked[question] as Promise<T>;
    },
    replay(remembered) {
      if (remembered !== undefined) throw new Replayed(remembered);
    },
    remember: ({ name, revision, response }) => ({
      ...key,
      name,
      revision,
      response: toBinary(output, create(output, response)),
    }),
    throwIfGone: () => throwIfAborted(context),
  };
}

function responseOf<O extends DescMessage>(
  output: O,
  key: RequestKey,
  { response: init, secret, document, ...written }: Written<O>,
  showsDocument: boolean,
): MessageShape<O> {
  const response = create(output, {
    ...(init as object),
    ...(secret as object),
    ...((showsDocument && document?.(written.commitTime)) as object | false),
  } as MessageInitShape<O>);
  (response as { acknowledgement?: Acknowledgement }).acknowledgement = acknowledgement(key, written);
  return response;
}

/** Unsets a flag of a message and returns what it was. */
function takeFlag(message: object, name: string): boolean {
  const flags = message as Record<string, boolean>;
  const value = flags[name] === true;
  flags[name] = false;
  return value;
}

function mayRead(context: HandlerContext, query: DescMethod): boolean {
  return callerOf(context).scopes.has(rulesOf(query).scope);
}

function signedIn(_: unknown, context: HandlerContext): string {
  return String(callerOf(context).userId);
}

function projectIn(request: unknown): number {
  const { projectId, project } = request as { projectId?: number; project?: { projectId?: number } };
  return projectId ?? project?.projectId ?? 0;
}
