import { megabytes, type ReasonWords, say } from "./words.ts";

/** Reasons of the gateway: what programs meet, and people only where an address or a form is wrong. */
export const GATEWAY_WORDS: ReasonWords = {
  ROUTE_NOT_FOUND: ["Aucune ressource n’a cette adresse"],
  METHOD_NOT_ALLOWED: ["Cette ressource ne permet pas cela"],
  NOT_ACCEPTABLE: ["La ressource n’existe pas dans un format accepté"],
  UNSUPPORTED_MEDIA_TYPE: ["Ce type de contenu n’est pas pris ici"],
  BODY_TOO_LARGE: [
    "L’envoi dépasse la limite",
    (m) => say`At most ${megabytes("MB", m.limit_bytes)} are taken.`,
    (m) => say`Au plus ${megabytes("Mo", m.limit_bytes)} sont pris.`,
  ],
  BODY_TOO_SLOW: [
    "L’envoi a mis trop de temps à arriver",
    "The connection may be slow or broken: send it again.",
    "La connexion est peut-être lente ou interrompue : envoyez de nouveau.",
  ],
  BODY_MALFORMED: ["Le contenu n’est pas du JSON bien formé"],
  REQUEST_MALFORMED: ["Une partie de la demande ne peut pas être lue"],
  FIELD_UNREADABLE: ["Un champ est inconnu ou n’est pas du bon type"],
  PRECONDITION_REQUIRED: ["Il faut dire quelle version vous avez changée"],
};

/** Reasons that every service has. */
export const RPC_WORDS: ReasonWords = {
  TOKEN_MISSING: ["Connectez-vous d’abord", "Sign in and do it again.", "Connectez-vous, puis recommencez."],
  TOKEN_INVALID: [
    "La connexion n’est pas valable",
    "Sign out, and sign in again.",
    "Déconnectez-vous, puis reconnectez-vous.",
  ],
  TOKEN_EXPIRED: ["La connexion a expiré", "Sign in again.", "Connectez-vous de nouveau."],
  FIELD_INVALID: [
    "Un champ n’est pas comme il doit être",
    "Correct what is marked, and send it again.",
    "Corrigez ce qui est marqué, puis envoyez de nouveau.",
  ],
  MESSAGE_TOO_LARGE: [
    "L’envoi dépasse la limite",
    (m) => say`At most ${megabytes("MB", m.limit_bytes)} are taken: send less at once.`,
    (m) => say`Au plus ${megabytes("Mo", m.limit_bytes)} sont pris : envoyez-en moins à la fois.`,
  ],
  MESSAGE_MALFORMED: ["La demande ne peut pas être lue"],
  DEADLINE_TOO_SHORT: ["Le délai laisse trop peu de temps"],
  OVERLOADED: [
    "Trop de demandes arrivent en ce moment",
    "Nothing was done. Try again in a moment.",
    "Rien n’a été fait. Réessayez dans un instant.",
  ],
  REQUEST_ID_REUSED: [
    "Ce formulaire a déjà été envoyé avec un autre contenu",
    "Reload the page: what was sent first counts. Then change it there.",
    "Rechargez la page : c’est le premier envoi qui compte. Changez-le ensuite.",
  ],
  CONTENDED: [
    "D’autres ont changé la même chose en même temps",
    "Nothing was done. Try again.",
    "Rien n’a été fait. Réessayez.",
  ],
  PAGE_TOKEN_INVALID: [
    "Cette page de la liste n’existe pas",
    "Go back to the first page of the list.",
    "Revenez à la première page de la liste.",
  ],
  POSITION_INVALID: [
    "Cette position n’est pas de cette suite d’événements",
    "Reload the page.",
    "Rechargez la page.",
  ],
  TOKEN_REVOKED: ["La connexion a été révoquée", "Sign in again.", "Connectez-vous de nouveau."],
  USER_BLOCKED: [
    "Cette personne est bloquée",
    "Only reading is possible. An administrator can lift the block.",
    "Seule la lecture est possible. L’administration peut lever le blocage.",
  ],
  SCOPE_MISSING: [
    "Le jeton d’accès n’a pas l’autorisation nécessaire",
    (m) => say`The token needs the scope ${m.scope}.`,
    (m) => say`Il faut au jeton l’autorisation ${m.scope}.`,
  ],
  RATE_LIMITED: [
    "C’était trop de fois en peu de temps",
    (m) => say`At most ${m.limit} of this kind are taken in a minute.`,
    (m) => say`Au plus ${m.limit} de ce genre sont pris par minute.`,
  ],
  PEER_NOT_ALLOWED: ["Ce client ne peut pas appeler cela"],
};
