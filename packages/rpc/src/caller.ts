import { createContextKey, type HandlerContext } from "@connectrpc/connect";

/** The caller, from the access token. It says no more than that: rights are asked for, not carried. */
export interface Caller {
  /** 0n for a caller without a token. */
  userId: bigint;
  /** The session of the token; "" without one. */
  sessionId: string;
  /** When the token expires, in milliseconds since the epoch; undefined without one. */
  expireTimeMs: number | undefined;
  /** The scopes of the token. */
  scopes: ReadonlySet<string>;
  /** The client that the token was made for; "" without one. */
  clientId: string;
  /** The service that calls on the person's behalf (the claim `act`); "" for the person's own call. */
  actor: string;
  /** Tokens of a person below a version that a block or a sign-out everywhere set are refused. */
  tokenVersion: number;
  /** The key that signed the token; "" without one. */
  keyId: string;
  /** Of a ticket: the one path that it reads. "" for any other token. */
  path: string;
}

/** A caller without a token. */
export const ANONYMOUS: Caller = {
  userId: 0n,
  sessionId: "",
  expireTimeMs: undefined,
  scopes: new Set(),
  clientId: "",
  actor: "",
  tokenVersion: 0,
  keyId: "",
  path: "",
};

/** Where the interceptor leaves the caller for the handler. */
export const callerKey = createContextKey<Caller>(ANONYMOUS, { description: "caller" });

/** The caller of this RPC. For a command it is always somebody, unless its contract says that anybody may call. */
export function callerOf(context: Pick<HandlerContext, "values">): Caller {
  return context.values.get(callerKey);
}

/** Returns the caller of a token, or throws the refusal of an invalid token. */
export type VerifyToken = (token: string) => Promise<Caller> | Caller;
