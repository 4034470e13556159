import { PERSON_SCOPES } from "@tessera/contracts/scopes.ts";
import { ASSERTION_ALGORITHMS } from "../service-accounts/public-key.ts";

/** How clients prove themselves at the endpoints that they call. */
const CLIENT_METHODS = ["none", "client_secret_basic", "client_secret_post", "private_key_jwt"];

/** What clients must know of us (RFC 8414). The issuer is what tokens say; the endpoints are where people reach them. */
export function metadata(issuer: string, publicUrl: string, { offersSignIn }: { offersSignIn: boolean }) {
  const proved = CLIENT_METHODS.filter((it) => it !== "none");
  return {
    issuer,
    ...(offersSignIn && { authorization_endpoint: `${publicUrl}/oauth2/authorize` }),
    token_endpoint: `${publicUrl}/oauth2/token`,
    revocation_endpoint: `${publicUrl}/oauth2/revoke`,
    introspection_endpoint: `${publicUrl}/oauth2/introspect`,
    jwks_uri: `${publicUrl}/.well-known/jwks.json`,
    scopes_supported: PERSON_SCOPES,
    response_types_supported: offersSignIn ? ["code"] : [],
    response_modes_supported: ["query"],
    grant_types_supported: [
      ...(offersSignIn ? ["authorization_code"] : []),
      "refresh_token",
      "client_credentials",
      "urn:ietf:params:oauth:grant-type:token-exchange",
    ],
    token_endpoint_auth_methods_supported: CLIENT_METHODS,
    token_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
    revocation_endpoint_auth_methods_supported: CLIENT_METHODS,
    revocation_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
    introspection_endpoint_auth_methods_supported: proved,
    introspection_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
    code_challenge_methods_supported: ["S256"],
    authorization_response_iss_parameter_supported: true,
  };
}
