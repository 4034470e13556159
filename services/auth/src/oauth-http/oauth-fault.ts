/** The words of RFC 6749, 7009, 7662 and 8693 for what went wrong. */
export type OAuthError =
  | "invalid_request"
  | "invalid_client"
  | "invalid_grant"
  | "unauthorized_client"
  | "unsupported_grant_type"
  | "unsupported_response_type"
  | "unsupported_token_type"
  | "invalid_scope"
  | "invalid_target"
  | "access_denied"
  | "server_error"
  | "temporarily_unavailable";

/** Says no at an endpoint of OAuth, in its own words. */
export class OAuthFault extends Error {
  override readonly name = "OAuthFault";
  readonly error: OAuthError;
  readonly status: number;

  constructor(error: OAuthError, description: string, status: number) {
    super(description);
    this.error = error;
    this.status = status;
  }
}

/** Makes a fault. The description is ASCII without quotes (RFC 6749, 5.2), and holds nothing that the caller sent. */
export function oauthFault(error: OAuthError, description: string, status?: number): OAuthFault {
  return new OAuthFault(error, description, status ?? (error === "invalid_client" ? 401 : 400));
}
