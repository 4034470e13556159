import { type ReasonWords, say } from "./words.ts";

const READ_AGAIN_EN =
  "Somebody else changed it meanwhile. See how it is now, and send your change again if it is still wanted.";
const READ_AGAIN_FR =
  "Quelqu’un d’autre l’a changé entre-temps. Regardez l’état actuel, et renvoyez votre changement s’il est encore voulu.";

/** Reasons of auth about people, sessions and tokens. */
export const AUTH_WORDS: ReasonWords = {
  SIGN_IN_NOT_OFFERED: [
    "On ne se connecte pas par un nom seul ici",
    "Use another way to sign in.",
    "Utilisez une autre façon de vous connecter.",
  ],
  PERSON_UNKNOWN: [
    "Personne n’a ce nom",
    "Here the names are administrator, validator, and mapper-1 to mapper-99999.",
    "Ici, les noms sont administrator, validator, et mapper-1 à mapper-99999.",
  ],
  SESSION_NOT_FOUND: [
    "Cette session n’existe pas",
    "It may have ended already.",
    "Elle est peut-être déjà terminée.",
  ],
  NOT_ADMINISTRATOR: [
    "C’est réservé à l’administration",
    "Ask an administrator to do it.",
    "Demandez-le à l’administration.",
  ],
  PROFILE_NOT_OWN: ["Chacun ne change que son propre profil"],
  USER_NOT_FOUND: [
    "Cette personne n’existe pas",
    "Check the number: this person may have deleted the account.",
    "Vérifiez le numéro : le compte a peut-être été supprimé.",
  ],
  USER_CHANGED: ["La personne a été changée depuis la lecture", READ_AGAIN_EN, READ_AGAIN_FR],
  LAST_ADMINISTRATOR: [
    "C’est la dernière personne qui administre",
    "Give the role to another person first.",
    "Donnez d’abord ce rôle à une autre personne.",
  ],
  OWN_BLOCK: [
    "Vous ne pouvez pas vous bloquer vous-même",
    "Another administrator can.",
    "Une autre personne qui administre le peut.",
  ],
  ALREADY_BLOCKED: [
    "Cette personne est déjà bloquée",
    "To give another reason, unblock first.",
    "Pour donner une autre raison, débloquez d’abord.",
  ],
  BLOCK_NOT_FOUND: [
    "Cette personne n’est pas bloquée",
    "Somebody may have lifted the block meanwhile.",
    "Quelqu’un a peut-être levé le blocage entre-temps.",
  ],
  DELETION_NOT_FOUND: ["Aucune personne de ce numéro n’a été supprimée"],
  SERVICE_UNKNOWN: ["Aucun service de ce nom ne garde de données sur les personnes"],
  AUTH_EVENT_NOT_FOUND: ["Cet événement n’existe pas"],
  POSITION_FORGOTTEN: [
    "Les événements après cette position ont été supprimés",
    "Reload the page: it begins with the oldest event that is kept.",
    "Rechargez la page : elle commence par l’événement le plus ancien qui est gardé.",
  ],
  REFRESH_TOKEN_INVALID: ["La session ne peut pas continuer", "Sign in again.", "Connectez-vous de nouveau."],
  ASSERTION_INVALID: ["L’assertion ne prouve pas l’identité du service"],
  ASSERTION_REUSED: ["L’assertion a déjà servi"],
  ACCESS_KEY_INVALID: ["Le jeton d’accès personnel n’est pas valable"],
  SCOPE_NOT_ALLOWED: [
    "Une des autorisations demandées ne peut pas être donnée",
    (m) => say`Leave out ${m.scope}.`,
    (m) => say`Retirez ${m.scope}.`,
  ],
  ACTING_NOT_PERMITTED: ["Ce service ne peut pas agir pour d’autres"],
  SUBJECT_TOKEN_INVALID: ["Le jeton de la personne n’est pas valable"],
  SERVICE_ACCOUNT_NOT_FOUND: [
    "Ce compte de service n’existe pas",
    "It may have been deleted.",
    "Il a peut-être été supprimé.",
  ],
  CLIENT_ID_TAKEN: [
    "Un autre compte de service a cet identifiant",
    "Choose another one; those of deleted accounts stay taken.",
    "Choisissez-en un autre ; ceux des comptes supprimés restent pris.",
  ],
  SERVICE_ACCOUNT_DEPLOYED: [
    "Ce compte de service dépend des réglages du déploiement",
    "It is changed there, by those who run the system.",
    "La personne qui exploite le système le change à cet endroit.",
  ],
  SERVICE_ACCOUNT_CHANGED: ["Le compte de service a été changé depuis", READ_AGAIN_EN, READ_AGAIN_FR],
  PUBLIC_KEY_INVALID: [
    "Cette clé publique n’est pas utilisable",
    "Give a public JWK: Ed25519, P-256, or RSA of 2048 to 4096 bits, without its private part.",
    "Donnez un JWK public : Ed25519, P-256, ou RSA de 2048 à 4096 bits, sans sa partie privée.",
  ],
  PUBLIC_KEY_LIMIT_REACHED: [
    "Le compte de service a toutes les clés qu’il peut avoir",
    (m) => say`It has ${m.limit}: revoke one that is no longer used.`,
    (m) => say`Il en a ${m.limit} : révoquez-en une qui ne sert plus.`,
  ],
  PUBLIC_KEY_NOT_FOUND: ["Le compte de service n’a pas cette clé"],
  PERSONAL_ACCESS_TOKEN_NOT_FOUND: [
    "Ce jeton d’accès personnel n’existe pas",
    "It may be revoked already.",
    "Il est peut-être déjà révoqué.",
  ],
  PERSONAL_ACCESS_TOKEN_LIMIT_REACHED: [
    "Vous avez tous les jetons qu’une personne peut avoir",
    (m) => say`You have ${m.limit}: revoke one that no program uses.`,
    (m) => say`Vous en avez ${m.limit} : révoquez-en un dont aucun programme ne se sert.`,
  ],
  SIGNING_KEY_NOT_FOUND: ["Cette clé de signature n’existe pas"],
  SIGNING_KEY_IN_USE: [
    "Cette clé de signature est utilisée",
    "Make another one first, and wait until it signs.",
    "Créez-en d’abord une autre, et attendez qu’elle signe.",
  ],
  SIGN_IN_UNKNOWN: [
    "Ce navigateur n’a pas commencé cette connexion",
    "Sign in again.",
    "Recommencez la connexion.",
  ],
  SIGN_IN_EXPIRED: ["La connexion a duré trop longtemps", "Sign in again.", "Recommencez la connexion."],
  UPSTREAM_UNAVAILABLE: [
    "Le fournisseur d’identité ne répond pas",
    "Try again in a moment.",
    "Réessayez dans un instant.",
  ],
  UPSTREAM_REFUSED: [
    "Le fournisseur d’identité a refusé la connexion",
    "Sign in again.",
    "Recommencez la connexion.",
  ],
  UPSTREAM_ANSWER_INVALID: ["La réponse du fournisseur d’identité est illisible"],
  UPSTREAM_NOT_CONFIGURED: ["Ce déploiement n’a pas de fournisseur d’identité"],
  CLIENT_UNKNOWN: ["Aucun client de cet identifiant n’est enregistré"],
  REDIRECT_URI_UNREGISTERED: ["L’adresse de retour n’est pas enregistrée pour ce client"],
  PARAMETER_MALFORMED: ["Un paramètre de la demande est mal formé"],
  USER_NOT_ADMISSIBLE: [
    "Cette personne ne peut être ni membre ni responsable",
    "This person may be blocked or deleted.",
    "Elle est peut-être bloquée ou supprimée.",
  ],
};
