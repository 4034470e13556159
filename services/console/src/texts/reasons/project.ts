import { link, megabytes, type ReasonWords, say, wordFor } from "./words.ts";

const READ_AGAIN_EN =
  "Somebody else changed it meanwhile. See how it is now, and send your change again if it is still wanted.";
const READ_AGAIN_FR =
  "Quelqu’un d’autre l’a changé entre-temps. Regardez l’état actuel, et renvoyez votre changement s’il est encore voulu.";

const LEVELS_EN = { BEGINNER: "beginner", INTERMEDIATE: "intermediate", ADVANCED: "advanced" };
const LEVELS_FR = { BEGINNER: "débutant", INTERMEDIATE: "intermédiaire", ADVANCED: "avancé" };
const STATUS_EN = { DRAFT: "a draft", PUBLISHED: "published", ARCHIVED: "archived" };
const STATUS_FR = { DRAFT: "brouillon", PUBLISHED: "publié", ARCHIVED: "archivé" };
const ROLES_EN = { MAPPER: "mappers", VALIDATOR: "validators", MANAGER: "managers" };
const ROLES_FR = {
  MAPPER: "équipes de cartographie",
  VALIDATOR: "équipes de validation",
  MANAGER: "équipes responsables",
};
const UNITS_EN = { vertices: "points", square_kilometres: "square kilometres" };
const UNITS_FR = { vertices: "sommets", square_kilometres: "kilomètres carrés" };

/** Reasons of project. */
export const PROJECT_WORDS: ReasonWords = {
  PROJECT_NOT_FOUND: [
    "Ce projet n’existe pas",
    "It may have been deleted, or only its people may see it.",
    "Il a peut-être été supprimé, ou seules certaines personnes peuvent le voir.",
  ],
  CREATION_NOT_PERMITTED: [
    "Seules l’administration et les personnes responsables de l’organisation créent des projets",
    "Choose an organisation that you manage, or ask one of its managers.",
    "Choisissez une organisation dont vous êtes responsable, ou demandez à l’une de ses personnes responsables.",
  ],
  NOT_MANAGER: [
    "C’est réservé aux responsables du projet",
    "Its author, the managers of its organisation and of its teams, and administrators may do this.",
    "La personne qui l’a créé, les responsables de son organisation et de ses équipes, et l’administration le peuvent.",
  ],
  SIGN_IN_REQUIRED: [
    "Connectez-vous d’abord",
    "Sign in and do it again.",
    "Connectez-vous, puis recommencez.",
  ],
  PROJECT_ARCHIVED: [
    "Le projet est archivé",
    "Nobody works in it any more. Its managers can publish it again.",
    "Plus personne n’y travaille. Ses responsables peuvent le publier de nouveau.",
  ],
  LEVEL_TOO_LOW: [
    "Le projet demande un niveau plus élevé",
    (m) =>
      say`It is for people of the level ${wordFor(m.required_level, LEVELS_EN)}, and yours is ${wordFor(m.level, LEVELS_EN) ?? "lower"}: map in other projects first.`,
    (m) =>
      say`Il demande le niveau ${wordFor(m.required_level, LEVELS_FR)}, et le vôtre est ${wordFor(m.level, LEVELS_FR) ?? "plus bas"} : cartographiez d’abord dans d’autres projets.`,
  ],
  AREA_INVALID: [
    "La zone n’est pas un polygone valable",
    (m) =>
      m.longitude === undefined
        ? ["Correct the area, and send it again."]
        : say`Look at longitude ${m.longitude}, latitude ${m.latitude}.`,
    (m) =>
      m.longitude === undefined
        ? ["Corrigez la zone, puis envoyez-la de nouveau."]
        : say`Regardez à la longitude ${m.longitude}, latitude ${m.latitude}.`,
  ],
  AREA_TOO_LARGE: [
    "La zone dépasse la limite",
    (m) =>
      say`At most ${m.limit} ${wordFor(m.unit, UNITS_EN)} are taken, and it has ${m.value}: simplify it, or make several projects of it.`,
    (m) =>
      say`Au plus ${m.limit} ${wordFor(m.unit, UNITS_FR)} sont pris, et elle en a ${m.value} : simplifiez-la, ou faites-en plusieurs projets.`,
  ],
  PROJECT_CHANGED: ["Le projet a été changé depuis", READ_AGAIN_EN, READ_AGAIN_FR],
  STATUS_NOT_REACHABLE: [
    "Le projet ne peut pas passer à cet état",
    (m) =>
      say`It is ${wordFor(m.from, STATUS_EN)}, and cannot become ${wordFor(m.to, STATUS_EN)} from there.`,
    (m) => say`Il est ${wordFor(m.from, STATUS_FR)}, et ne peut pas devenir ${wordFor(m.to, STATUS_FR)}.`,
  ],
  LICENCE_NOT_FOUND: [
    "Cette licence n’existe pas",
    "It may have been deleted.",
    "Elle a peut-être été supprimée.",
  ],
  PRIORITY_AREAS_OUTSIDE: [
    "Les zones prioritaires ne sont pas dans la zone du projet",
    (m) => [
      "Draw them inside the area of the project. ",
      ...say`Look at longitude ${m.longitude}, latitude ${m.latitude}.`,
    ],
    (m) => [
      "Dessinez-les à l’intérieur de la zone du projet. ",
      ...say`Regardez à la longitude ${m.longitude}, latitude ${m.latitude}.`,
    ],
  ],
  PROJECT_HAS_WORK: [
    "On a travaillé dans ce projet",
    "It cannot be deleted any more: archive it instead.",
    "Il ne peut plus être supprimé : archivez-le.",
  ],
  TRANSFER_NOT_PERMITTED: [
    "Seules l’administration et les personnes responsables de l’organisation reprennent un projet pour elle",
    (m) => say`Ask one of the managers of ${link("organisations", m.organisation_id, "the organisation")}.`,
    (m) =>
      say`Demandez à une personne responsable de ${link("organisations", m.organisation_id, "l’organisation")}.`,
  ],
  FAVOURITE_NOT_FOUND: ["Le projet n’est pas parmi vos favoris"],
  LICENCE_NAME_TAKEN: ["Une autre licence a ce nom", "Choose another name.", "Choisissez un autre nom."],
  LICENCE_CHANGED: ["La licence a été changée depuis", READ_AGAIN_EN, READ_AGAIN_FR],
  LICENCE_IN_USE: [
    "Un projet a cette licence",
    "Give that project another licence first.",
    "Donnez d’abord une autre licence à ce projet.",
  ],
  LICENCE_ACCEPTANCE_NOT_FOUND: ["Vous n’avez pas accepté cette licence"],
  NOBODY_PERMITTED: [
    "Ce travail est réservé aux équipes, et aucune équipe n’a ce rôle",
    "Give a team the role first, or open the work to more people.",
    "Donnez d’abord ce rôle à une équipe, ou ouvrez le travail à plus de personnes.",
  ],
  AREA_FILE_TOO_LARGE: [
    "Le fichier dépasse la limite",
    (m) =>
      say`At most ${megabytes("MB", m.limit_bytes)} are taken: simplify the outline, or cut the area in parts.`,
    (m) =>
      say`Au plus ${megabytes("Mo", m.limit_bytes)} sont pris : simplifiez le contour, ou coupez la zone en parties.`,
  ],
  TOO_MANY_AREA_UPLOADS: [
    "Vous avez trop de fichiers envoyés",
    (m) => say`You have ${m.limit}: delete one that you do not need.`,
    (m) => say`Vous en avez ${m.limit} : supprimez-en un dont vous n’avez pas besoin.`,
  ],
  AREA_UPLOAD_NOT_FOUND: [
    "Ce fichier envoyé n’existe pas",
    "Uploads are deleted after a while: send the file again.",
    "Les envois sont supprimés après un certain temps : envoyez le fichier de nouveau.",
  ],
  LICENCE_NOT_ACCEPTED: [
    "Il faut d’abord accepter la licence de l’imagerie",
    (m) => say`Read ${link("licences", m.licence_id, "the licence")} and accept it.`,
    (m) => say`Lisez ${link("licences", m.licence_id, "la licence")} et acceptez-la.`,
  ],
  NOT_IN_TEAM: [
    "Ce travail est réservé aux équipes du projet",
    (m) =>
      say`Join one of the teams of its ${wordFor(m.role, ROLES_EN) ?? "people"}: ${link("projects", m.project_id, "the project")} names them.`,
    (m) =>
      say`Rejoignez une de ses ${wordFor(m.role, ROLES_FR) ?? "équipes"} : ${link("projects", m.project_id, "le projet")} les nomme.`,
  ],
  DOCUMENT_INVALID: [
    "Le document n’est pas un projet valable",
    (m) => say`Correct ${m.field} in the file.`,
    (m) => say`Corrigez ${m.field} dans le fichier.`,
  ],
};
