import { isRefusal, UnknownOutcomeError } from "@tessera/client/index.ts";
import { plain } from "./print.ts";

/** Something that this tool cannot do, in words for people. */
export class Failure extends Error {
  override readonly name = "Failure";
}

/** A command that was given in a way that it does not take. */
export class UsageFailure extends Failure {}

/** A problem document of the gateway. */
export interface ProblemDocument {
  title?: string;
  status?: number;
  detail?: string;
  reason?: string;
  metadata?: Record<string, string>;
  errors?: readonly { pointer?: string; parameter?: string; header?: string; detail?: string }[];
}

/** A request to the gateway that was refused, or failed there. */
export class ProblemFailure extends Error {
  override readonly name = "ProblemFailure";
  readonly document: ProblemDocument;

  constructor(document: ProblemDocument) {
    super(document.detail ?? document.title ?? `The server answered ${document.status} and did not say why`);
    this.document = document;
  }
}

const REFUSED = 1;
/** Also the exit code of what the parser of arguments refuses. */
export const USAGE = 2;
const UNKNOWN = 3;
const INTERRUPTED = 130;

/** The exit code that says what kind of failure it was. */
export function exitCodeOf(error: unknown): number {
  if (isInterrupt(error)) return INTERRUPTED;
  if (error instanceof UsageFailure) return USAGE;
  if (error instanceof UnknownOutcomeError || isNetwork(error)) return UNKNOWN;
  if (error instanceof ProblemFailure && error.document.reason === undefined) return UNKNOWN;
  return REFUSED;
}

/** Writes a failure to the standard error: lines for people, or one JSON object. */
export function printFailure(error: unknown, json: boolean): void {
  if (isInterrupt(error)) return;
  const facts = factsOf(error);
  if (json) console.error(JSON.stringify(facts));
  else
    console.error(
      [facts.message, ...facts.fields.map((it) => `${it.field}: ${it.description}`), ...hints(facts)]
        .filter((line, index, lines) => index === 0 || line !== lines[0])
        .map((line, index) => (index === 0 ? "" : "  ") + plain(line))
        .join("\n"),
    );
}

interface Facts {
  message: string;
  reason?: string;
  metadata?: Readonly<Record<string, string>>;
  fields: { field: string; description: string }[];
}

function factsOf(error: unknown): Facts {
  if (isRefusal(error)) {
    const { reason, metadata, violations } = error;
    const fields = violations.map(({ field, description }) => ({ field, description }));
    return { message: error.message.replace(`${reason}: `, ""), reason, metadata, fields };
  }
  if (error instanceof ProblemFailure) {
    const { reason, metadata, errors = [] } = error.document;
    const fields = errors.map(({ pointer, parameter, header, detail }) => ({
      field: pointer ?? parameter ?? header ?? "",
      description: detail ?? "",
    }));
    return { message: error.message, ...(reason && { reason }), ...(metadata && { metadata }), fields };
  }
  if (error instanceof UnknownOutcomeError && error.requestId !== undefined)
    return {
      message: `It is not known whether this took effect. Look before you send it again. ${whyNoAnswer(error)}`,
      fields: [],
    };
  if (error instanceof UnknownOutcomeError || isNetwork(error))
    return { message: whyNoAnswer(error as Error), fields: [] };
  return { message: error instanceof Error ? error.message : String(error), fields: [] };
}

/** The last cause: what the network or another server said. */
function whyNoAnswer(error: Error): string {
  if (isNetwork(error)) {
    const { message = "", code = "" } = (error.cause ?? {}) as { message?: string; code?: string };
    return `The server cannot be reached: ${message || code}`;
  }
  if (error.cause instanceof Error) return whyNoAnswer(error.cause);
  return `The server gave no answer of Tessera: ${error.message}`;
}

/** What a server says to somebody who is not signed in, or no longer. */
const UNAUTHENTICATED = [
  "TOKEN_MISSING",
  "TOKEN_EXPIRED",
  "TOKEN_INVALID",
  "TOKEN_REVOKED",
  "REFRESH_TOKEN_INVALID",
];

/** Whether an error says that nobody is signed in, or no longer. */
export function isUnauthenticated(error: unknown): boolean {
  return isRefusal(error) && UNAUTHENTICATED.includes(error.reason);
}

/** What helps a person who is stuck. */
function hints({ reason }: Facts): string[] {
  if (reason !== undefined && UNAUTHENTICATED.includes(reason)) return ["Sign in: tessera sign-in"];
  return reason === undefined ? [] : [`(${reason})`];
}

function isInterrupt(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

/** What `fetch` throws when there was no answer. */
function isNetwork(error: unknown): boolean {
  return error instanceof TypeError && error.message === "fetch failed";
}
