import type { AuthConfig } from "./config.ts";

/** Where people reach the endpoints of OAuth, without a slash at the end: the issuer's URL, unless another is set. */
export function publicUrlIn({
  PUBLIC_URL,
  TOKEN_ISSUER,
}: Pick<AuthConfig, "PUBLIC_URL" | "TOKEN_ISSUER">): string | undefined {
  const url = PUBLIC_URL ?? (/^https?:\/\//.test(TOKEN_ISSUER) ? TOKEN_ISSUER : undefined);
  return url !== undefined && URL.canParse(url) ? url.replace(/\/+$/, "") : undefined;
}
