export { type ClientOptions, createClient, type Gateway, type TesseraClient } from "./client.ts";
export { accessToken, type Credentials } from "./credentials.ts";
export { type FieldViolation, isRefusal, RefusedError, UnknownOutcomeError } from "./errors.ts";
export { personalAccessToken, type ServiceAccountKey, serviceAccount } from "./machine-credentials.ts";
export { Reason, type ReasonName } from "./reason.ts";
export type { Reliability } from "./reliable-transport.ts";
export { type SessionStore, type SessionTokens, session } from "./session.ts";
export type { WatchOptions } from "./watch.ts";
