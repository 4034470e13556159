/** What each pattern of the contracts asks for, by what @tessera/rpc says in English. */
export const PATTERNS_FR: Readonly<Record<string, string>> = {
  "must be of one line, without control characters": "Il faut une seule ligne, sans caractères de commande.",
  "must not hold the character NUL": "Le caractère NUL n’est pas pris.",
  "must be letters and digits of ASCII, '-' and '_'":
    "Il faut des lettres sans accent, des chiffres, « - » et « _ ».",
  "must be a language tag, such as en or pt-BR": "Il faut un code de langue, comme en ou pt-BR.",
  "must be printable ASCII without spaces": "Il faut des caractères ASCII visibles, sans espaces.",
  "must be a URL that begins with http:// or https://":
    "Il faut une adresse qui commence par http:// ou https://.",
  "must be printable ASCII": "Il faut des caractères ASCII visibles.",
  "must be two or more lower-case letters, digits and '-', and begin with a letter":
    "Il faut au moins deux lettres minuscules, chiffres ou « - », et une lettre au début.",
  "must be lower-case letters, digits and '-', and begin with a letter":
    "Il faut des lettres minuscules, des chiffres et « - », et une lettre au début.",
  "must be lower-case letters, digits and '-'": "Il faut des lettres minuscules, des chiffres et « - ».",
  "must be a path below /v1/ without a query, such as /v1/projects/7/task-events":
    "Il faut un chemin sous /v1/, comme /v1/projects/7/task-events.",
  "must be a scope, such as tasks:read": "Il faut une autorisation, comme tasks:read.",
  "must be letters and digits of ASCII": "Il faut des lettres sans accent et des chiffres.",
  "must begin with '#', and have no space and no other '#'":
    "Il faut « # » au début, sans espace ni autre « # ».",
  "must be a country's two capital letters, such as NP":
    "Il faut les deux lettres majuscules d’un pays, comme NP.",
  "must be lower-case letters, digits, '.', '_' and '-', and begin and end with a letter or a digit":
    "Il faut des lettres minuscules, des chiffres, « . », « _ » et « - », avec une lettre ou un chiffre au début et à la fin.",
  "must be letters and digits of ASCII, '.', '_', '~', ':' and '-', and not begin with '.', '~' or ':'":
    "Il faut des lettres sans accent, des chiffres, « . », « _ », « ~ », « : » et « - », sans « . », « ~ » ni « : » au début.",
};
