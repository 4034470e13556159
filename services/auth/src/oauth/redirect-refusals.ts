import { Code } from "@connectrpc/connect";
import { translateFailure } from "@tessera/postgres/translate-failure.ts";
import { Refusal } from "@tessera/rpc/refusal.ts";
import { type Answer, problemPath, redirect } from "../oauth-http/answer.ts";
import { type OAuthError, OAuthFault } from "../oauth-http/oauth-fault.ts";
import { withParameters } from "./redirect-uri.ts";
import type { SignInDeps } from "./sign-in-deps.ts";

/** What a refusal is called in OAuth (RFC 6749, 4.1.2.1). */
const ERRORS: Record<string, OAuthError> = {
  UPSTREAM_UNAVAILABLE: "temporarily_unavailable",
  USER_BLOCKED: "access_denied",
};

/** The receiver of an answer: a known client, at an address that it registered. */
export interface SentTo {
  redirectUri: string;
  clientState: string | undefined;
}

/** Does `work`; sends its refusals to the client (RFC 6749, 4.1.2.1), with the page of the reason. */
export async function redirectRefusals(
  it: SignInDeps,
  to: SentTo,
  work: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof OAuthFault)
      return answerClient(it, to, { error: error.error, error_description: error.message });
    const failure = error instanceof Refusal ? undefined : translateFailure(error);
    if (failure?.code === Code.Unavailable) {
      it.log.warn({ cause: failure.rawMessage }, "sign-in failed: a dependency is unavailable");
      const error_description = "the service is temporarily unavailable";
      return answerClient(it, to, { error: "temporarily_unavailable", error_description });
    }
    if (!(error instanceof Refusal)) throw error;
    const { name, title } = error.reason;
    return answerClient(it, to, {
      error: ERRORS[name] ?? "server_error",
      error_description: title,
      error_uri: `${it.publicUrl}${problemPath(name)}`,
    });
  }
}

/** Sends the browser back to the client, saying who answers (RFC 9207). */
export function answerClient(
  { deps }: SignInDeps,
  { redirectUri, clientState }: SentTo,
  parameters: Record<string, string>,
): Answer {
  const state = clientState !== undefined && { state: clientState };
  return redirect(withParameters(redirectUri, { ...parameters, ...state, iss: deps.tokenIssuer }));
}
