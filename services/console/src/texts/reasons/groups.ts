import { link, type ReasonWords, say, wordFor } from "./words.ts";

const READ_AGAIN_EN =
  "Somebody else changed it meanwhile. See how it is now, and send your change again if it is still wanted.";
const READ_AGAIN_FR =
  "Quelqu’un d’autre l’a changé entre-temps. Regardez l’état actuel, et renvoyez votre changement s’il est encore voulu.";

const JOIN_EN = {
  OPEN: "Anybody can join it at once.",
  BY_REQUEST: "Ask to join, and a manager of the team decides.",
  BY_INVITE: "A manager of the team can invite you.",
};
const JOIN_FR = {
  OPEN: "Chacun peut la rejoindre tout de suite.",
  BY_REQUEST: "Demandez à la rejoindre, et une personne responsable de l’équipe décide.",
  BY_INVITE: "Une personne responsable de l’équipe peut vous inviter.",
};
const CLOSED_EN = {
  ACCEPTED: "It was accepted.",
  DECLINED: "It was declined.",
  WITHDRAWN: "It was withdrawn.",
  EXPIRED: "It has expired.",
};
const CLOSED_FR = {
  ACCEPTED: "Elle a été acceptée.",
  DECLINED: "Elle a été refusée.",
  WITHDRAWN: "Elle a été retirée.",
  EXPIRED: "Elle a expiré.",
};

/** Reasons of auth about organisations, teams, invitations and join requests. */
export const GROUP_WORDS: ReasonWords = {
  ORGANISATION_NOT_FOUND: [
    "Cette organisation n’existe pas",
    "It may have been deleted.",
    "Elle a peut-être été supprimée.",
  ],
  NOT_ORGANISATION_MANAGER: [
    "C’est réservé aux responsables de l’organisation",
    (m) =>
      say`Ask one of the managers of ${link("organisations", m.organisation_id, "the organisation")} to do it, or to add you.`,
    (m) =>
      say`Demandez à une personne responsable de ${link("organisations", m.organisation_id, "l’organisation")} de le faire, ou de vous ajouter.`,
  ],
  ORGANISATION_NAME_TAKEN: [
    "Une autre organisation a ce nom",
    "Choose another name; capital letters make no difference.",
    "Choisissez un autre nom ; les majuscules ne comptent pas.",
  ],
  ORGANISATION_SLUG_TAKEN: [
    "Une autre organisation a cette adresse courte",
    "Choose another one.",
    "Choisissez-en une autre.",
  ],
  ORGANISATION_CHANGED: ["L’organisation a été changée depuis", READ_AGAIN_EN, READ_AGAIN_FR],
  ORGANISATION_HAS_TEAMS: [
    "L’organisation a des équipes",
    "Delete its teams first.",
    "Supprimez d’abord ses équipes.",
  ],
  ORGANISATION_MANAGER_NOT_FOUND: ["Cette personne n’est pas responsable de l’organisation"],
  ORGANISATION_MANAGER_LIMIT_REACHED: [
    "L’organisation a tous les responsables qu’elle peut avoir",
    (m) => say`It has ${m.limit}: remove one first.`,
    (m) => say`Elle en a ${m.limit} : retirez-en un d’abord.`,
  ],
  LAST_MANAGER: [
    "La dernière personne responsable doit rester",
    "Make somebody else a manager first.",
    "Nommez d’abord une autre personne responsable.",
  ],
  TEAM_NOT_FOUND: [
    "Cette équipe n’existe pas",
    "It may have been deleted, or only its members may see it.",
    "Elle a peut-être été supprimée, ou seuls ses membres peuvent la voir.",
  ],
  NOT_TEAM_MANAGER: [
    "C’est réservé aux responsables de l’équipe",
    (m) => say`Ask one of the managers of ${link("teams", m.team_id, "the team")}.`,
    (m) => say`Demandez à une personne responsable de ${link("teams", m.team_id, "l’équipe")}.`,
  ],
  TEAM_NAME_TAKEN: [
    "Une autre équipe de l’organisation a ce nom",
    "Choose another name; capital letters make no difference.",
    "Choisissez un autre nom ; les majuscules ne comptent pas.",
  ],
  TEAM_CHANGED: ["L’équipe a été changée depuis", READ_AGAIN_EN, READ_AGAIN_FR],
  TEAM_LIMIT_REACHED: [
    "L’organisation a toutes les équipes qu’elle peut avoir",
    (m) => say`It has ${m.limit}: delete one first.`,
    (m) => say`Elle en a ${m.limit} : supprimez-en une d’abord.`,
  ],
  TEAM_MEMBER_NOT_FOUND: [
    "Cette personne n’est pas dans l’équipe",
    "This person may have left it meanwhile.",
    "Elle l’a peut-être quittée entre-temps.",
  ],
  TEAM_MEMBER_LIMIT_REACHED: [
    "L’équipe a tous les membres qu’elle peut avoir",
    (m) => say`It has ${m.limit}.`,
    (m) => say`Elle en a ${m.limit}.`,
  ],
  JOIN_METHOD_DIFFERS: [
    "On ne rejoint pas l’équipe de cette façon",
    (m) => say`${wordFor(m.join_method, JOIN_EN)}`,
    (m) => say`${wordFor(m.join_method, JOIN_FR)}`,
  ],
  ALREADY_MEMBER: [
    "Cette personne est déjà dans l’équipe",
    (m) => say`See ${link("teams", m.team_id, "the team")}.`,
    (m) => say`Voyez ${link("teams", m.team_id, "l’équipe")}.`,
  ],
  JOIN_REQUEST_NOT_FOUND: [
    "Cette demande n’existe pas",
    "It may be withdrawn.",
    "Elle est peut-être retirée.",
  ],
  JOIN_REQUEST_OPEN: [
    "Vous avez déjà demandé à rejoindre cette équipe",
    "Wait until a manager of the team decides, or withdraw the request.",
    "Attendez qu’une personne responsable de l’équipe décide, ou retirez la demande.",
  ],
  JOIN_REQUEST_CLOSED: [
    "Il est déjà décidé de cette demande",
    (m) => say`${wordFor(m.state, CLOSED_EN)}`,
    (m) => say`${wordFor(m.state, CLOSED_FR)}`,
  ],
  JOIN_REQUEST_LIMIT_REACHED: [
    "Vous avez toutes les demandes ouvertes que vous pouvez avoir",
    (m) => say`You have ${m.limit}: withdraw one, or wait until one is decided.`,
    (m) => say`Vous en avez ${m.limit} : retirez-en une, ou attendez une décision.`,
  ],
  INVITATION_NOT_FOUND: [
    "Cette invitation n’existe pas",
    "The link may be incomplete, or the invitation was revoked: ask for a new one.",
    "Le lien est peut-être incomplet, ou l’invitation a été révoquée : demandez-en une nouvelle.",
  ],
  INVITATION_OPEN: [
    "Cette personne est déjà invitée dans cette équipe",
    "Wait for the answer, or revoke the invitation.",
    "Attendez la réponse, ou révoquez l’invitation.",
  ],
  INVITATION_CLOSED: [
    "L’invitation n’est plus ouverte",
    (m) => say`${wordFor(m.state, CLOSED_EN)}`,
    (m) => say`${wordFor(m.state, CLOSED_FR)}`,
  ],
  INVITATION_LIMIT_REACHED: [
    "L’équipe a toutes les invitations ouvertes qu’elle peut avoir",
    (m) => say`It has ${m.limit}: revoke one first.`,
    (m) => say`Elle en a ${m.limit} : révoquez-en une d’abord.`,
  ],
  NOT_INVITED: [
    "Cette invitation n’est pas pour vous",
    "Sign in as the person who was invited, or ask for an invitation of your own.",
    "Connectez-vous comme la personne invitée, ou demandez une invitation pour vous.",
  ],
};
