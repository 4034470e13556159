const NO_CONTROLS = "must be of one line, without control characters";
const NO_NUL = "must not hold the character NUL";
const WORD = "must be letters and digits of ASCII, '-' and '_'";
const LANGUAGE = "must be a language tag, such as en or pt-BR";

/** What each pattern of the contracts asks for, for people. */
export const PATTERN_WORDS: Readonly<Record<string, string>> = {
  "^[!-~]+$": "must be printable ASCII without spaces",
  "^[!-~]*$": "must be printable ASCII without spaces",
  "^https?://[!-~]+$": "must be a URL that begins with http:// or https://",
  "^[ -~]*$": "must be printable ASCII",
  "^[^\\x00]*$": NO_NUL,
  "^[^\\x00-\\x1f\\x7f-\\x9f]*$": NO_CONTROLS,
  "^[a-z][a-z0-9-]+$": "must be two or more lower-case letters, digits and '-', and begin with a letter",
  "^[a-z][a-z0-9-]*$": "must be lower-case letters, digits and '-', and begin with a letter",
  "^[a-z0-9-]*$": "must be lower-case letters, digits and '-'",
  "^/v1(/[!-.0->@-~]+)+$": "must be a path below /v1/ without a query, such as /v1/projects/7/task-events",
  "^[a-z]+(:(read|write))?$": "must be a scope, such as tasks:read",
  "^[0-9A-Za-z]+$": "must be letters and digits of ASCII",
  "^[A-Za-z0-9_-]+$": WORD,
  "^[0-9A-Za-z]+(-[0-9A-Za-z]+)*$": LANGUAGE,
  "^([A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*)?$": LANGUAGE,
  "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$": LANGUAGE,
  "^#[^\\s#]+$": "must begin with '#', and have no space and no other '#'",
  "^[A-Z]{2}$": "must be a country's two capital letters, such as NP",
  "^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$":
    "must be lower-case letters, digits, '.', '_' and '-', and begin and end with a letter or a digit",
  "^[A-Za-z0-9_-][A-Za-z0-9._~:-]*$":
    "must be letters and digits of ASCII, '.', '_', '~', ':' and '-', and not begin with '.', '~' or ':'",
};
