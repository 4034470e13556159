import { link, type ReasonWords, say, taskLink, time, wordFor } from "./words.ts";

const STATES_EN = {
  READY: "to be mapped",
  MAPPED: "mapped",
  VALIDATED: "validated",
  INVALIDATED: "to be mapped again",
  BAD_IMAGERY: "without usable imagery",
  SPLIT: "split into smaller ones",
  WITHDRAWN: "withdrawn",
  DELETED: "deleted",
};
const STATES_FR = {
  READY: "à cartographier",
  MAPPED: "cartographiée",
  VALIDATED: "validée",
  INVALIDATED: "à recartographier",
  BAD_IMAGERY: "sans imagerie utilisable",
  SPLIT: "divisée en tâches plus petites",
  WITHDRAWN: "retirée",
  DELETED: "supprimée",
};

/** Reasons of task. */
export const TASK_WORDS: ReasonWords = {
  TASK_NOT_FOUND: [
    "Le projet n’a pas cette tâche",
    (m) => say`See the tasks of ${link("projects", m.project_id, "the project")}.`,
    (m) => say`Voyez les tâches ${link("projects", m.project_id, "du projet")}.`,
  ],
  LOCK_NOT_FOUND: [
    "Personne ne tient la tâche",
    "The person who held it gave it back, or the time is over.",
    "La personne qui la tenait l’a rendue, ou son temps est écoulé.",
  ],
  SUBMISSION_NOT_FOUND: ["La tâche n’a pas cette remise"],
  TASKS_EXIST: [
    "Le projet a déjà des tâches",
    (m) => say`It has ${m.task_count}: they are not cut again.`,
    (m) => say`Il en a ${m.task_count} : elles ne sont pas découpées de nouveau.`,
  ],
  TOO_MANY_TASKS: [
    "La zone serait découpée en trop de tâches",
    (m) => say`At most ${m.limit} are made: choose larger tasks.`,
    (m) => say`Au plus ${m.limit} sont créées : choisissez des tâches plus grandes.`,
  ],
  TASK_LOCKED: [
    "Quelqu’un tient la tâche",
    (m) => [
      ...say`${link("users", m.holder_user_id, "This person")} holds it until ${time(m.expire_time)}. `,
      "Choose another task, or ask in a comment whether it becomes free earlier.",
    ],
    (m) => [
      ...say`${link("users", m.holder_user_id, "Cette personne")} la tient jusqu’au ${time(m.expire_time)}. `,
      "Choisissez une autre tâche, ou demandez dans un commentaire si elle se libère plus tôt.",
    ],
  ],
  TASK_STATE_NOT_LOCKABLE: [
    "Une tâche dans cet état ne se prend pas pour cela",
    (m) => say`It is ${wordFor(m.state, STATES_EN)}. Somebody may have been quicker: choose another task.`,
    (m) =>
      say`Elle est ${wordFor(m.state, STATES_FR)}. Quelqu’un a peut-être été plus rapide : choisissez une autre tâche.`,
  ],
  OWN_VALIDATION: [
    "Une autre personne fait la seconde vérification",
    "You validated this task: the second check is for somebody else.",
    "Vous avez validé cette tâche : la seconde vérification revient à quelqu’un d’autre.",
  ],
  OWN_MAPPING: [
    "Une autre personne doit valider votre travail",
    "You mapped this task: validate one of somebody else.",
    "Vous avez cartographié cette tâche : validez celle de quelqu’un d’autre.",
  ],
  LOCK_NOT_HELD: [
    "Vous ne tenez pas la tâche",
    (m) =>
      m.expire_time === undefined
        ? ["Take the task first."]
        : say`${link("users", m.holder_user_id, "Somebody else")} holds it until ${time(m.expire_time)}: what you have not handed in has to wait until it is free.`,
    (m) =>
      m.expire_time === undefined
        ? ["Prenez d’abord la tâche."]
        : say`${link("users", m.holder_user_id, "Quelqu’un d’autre")} la tient jusqu’au ${time(m.expire_time)} : ce que vous n’avez pas remis doit attendre qu’elle soit libre.`,
  ],
  LOCK_EXPIRED: [
    "Votre temps pour la tâche est écoulé",
    (m) =>
      say`It ended on ${time(m.expire_time)}, and nobody has taken the task since: take it again, then hand in.`,
    (m) =>
      say`Il a pris fin le ${time(m.expire_time)}, et personne n’a pris la tâche depuis : reprenez-la, puis remettez-la.`,
  ],
  LOCK_TOKEN_STALE: [
    "Vous avez repris la tâche entre-temps",
    "Another window or program of yours took it anew: reload the page, then hand in.",
    "Une autre fenêtre ou un de vos programmes l’a reprise : rechargez la page, puis remettez-la.",
  ],
  RESULT_NOT_ALLOWED: [
    "Ce résultat ne va pas avec la façon dont vous tenez la tâche",
    "What is held for mapping is handed in as mapped or without usable imagery; what is held for validation as valid or to be mapped again.",
    "Ce qui est tenu pour cartographier se remet comme cartographié ou sans imagerie utilisable ; ce qui est tenu pour valider, comme valable ou à recartographier.",
  ],
  LOCK_LONGEST_REACHED: [
    "La tâche ne peut pas être tenue plus longtemps",
    (m) =>
      say`You hold it until ${time(m.expire_time)}: hand in what is done, or give it back. You may take it again afterwards.`,
    (m) =>
      say`Vous la tenez jusqu’au ${time(m.expire_time)} : remettez ce qui est fait, ou rendez-la. Vous pourrez la reprendre ensuite.`,
  ],
  LOCK_LIMIT_REACHED: [
    "Vous tenez toutes les tâches que vous pouvez tenir",
    (m) =>
      say`You hold ${taskLink("task", m.held)}: hand it in or give it back first. At most ${m.limit} may be held at once.`,
    (m) =>
      say`Vous tenez la ${taskLink("tâche", m.held)} : remettez-la ou rendez-la d’abord. On peut en tenir au plus ${m.limit} à la fois.`,
  ],
  AREA_TOO_INTRICATE: [
    "La zone est trop découpée pour être divisée avec certitude",
    (m) => [
      ...say`Look at longitude ${m.longitude}, latitude ${m.latitude}. `,
      "Larger or smaller tasks may work, or a simpler outline.",
    ],
    (m) => [
      ...say`Regardez à la longitude ${m.longitude}, latitude ${m.latitude}. `,
      "Des tâches plus grandes ou plus petites peuvent convenir, ou un contour plus simple.",
    ],
  ],
  CLAIM_ONLY: [
    "Le projet choisit la tâche pour vous",
    () => ["Take the task that the project chooses for you: the button stands on the project’s page."],
    () => ["Prenez la tâche que le projet choisit pour vous : le bouton est sur la page du projet."],
  ],
  TASK_ASSIGNED: [
    "La tâche est réservée à une autre personne",
    (m) => [
      ...say`It is reserved for ${link("users", m.assigned_user_id, "this person")} until ${time(m.expire_time)}. `,
      "Choose another task, or ask a manager of the project.",
    ],
    (m) => [
      ...say`Elle est réservée à ${link("users", m.assigned_user_id, "cette personne")} jusqu’au ${time(m.expire_time)}. `,
      "Choisissez une autre tâche, ou demandez à une personne responsable du projet.",
    ],
  ],
  NO_TASK_AVAILABLE: [
    "Il n’y a pas de tâche pour vous en ce moment",
    "Wait until one becomes free, or choose another project.",
    "Attendez qu’une se libère, ou choisissez un autre projet.",
  ],
  TASK_CHANGED: [
    "La tâche a été changée depuis votre lecture",
    "See how it is now, and do it again if it is still wanted.",
    "Regardez-la telle qu’elle est, et recommencez si c’est encore voulu.",
  ],
  NOTHING_TO_UNDO: [
    "Il n’y a pas de changement à annuler",
    "Its history shows whether somebody has undone it already.",
    "Son historique montre si quelqu’un l’a déjà annulé.",
  ],
  UNDO_NOT_PERMITTED: [
    "Seules la dernière personne qui l’a changée et celles qui valident peuvent l’annuler",
    (m) =>
      say`Ask ${link("users", m.state_user_id, "the person who changed it")}, or somebody who may validate here.`,
    (m) =>
      say`Demandez à ${link("users", m.state_user_id, "la personne qui l’a changée")}, ou à quelqu’un qui peut valider ici.`,
  ],
  TASK_NOT_DIVISIBLE: [
    "La tâche est trop petite pour être divisée",
    "Map it as it is, or give it back.",
    "Cartographiez-la telle quelle, ou rendez-la.",
  ],
  TOO_MANY_TASKS_IN_PROJECT: [
    "Le projet a toutes les tâches qu’il peut avoir",
    (m) => say`At most ${m.limit} are possible: put a part of the area into another project.`,
    (m) => say`Au plus ${m.limit} sont possibles : mettez une partie de la zone dans un autre projet.`,
  ],
  TASK_STATE_NOT_ASSIGNABLE: [
    "Une tâche dans cet état ne se réserve pas",
    (m) => say`It is ${wordFor(m.state, STATES_EN)}; only tasks that are to be mapped can be reserved.`,
    (m) => say`Elle est ${wordFor(m.state, STATES_FR)} ; seules les tâches à cartographier se réservent.`,
  ],
  ASSIGNMENT_NOT_FOUND: [
    "La tâche n’est réservée à personne",
    "Everybody who may map here can take it.",
    "Toute personne qui peut cartographier ici peut la prendre.",
  ],
  COMMENT_NOT_FOUND: ["La tâche n’a pas ce commentaire"],
  COMMENT_NOT_YOURS: ["Seuls son auteur et les responsables suppriment un commentaire"],
  REPORT_NOT_FOUND: ["La tâche n’a pas ce signalement"],
  REPORT_EXISTS: [
    "L’outil a déjà envoyé un autre signalement sous cet identifiant",
    "A new finding needs an id of its own.",
    "Une nouvelle observation demande un identifiant à elle.",
  ],
  NO_TASK_AT_POINT: [
    "Aucune tâche que vous pouvez voir n’est à cet endroit",
    "Longitude comes first, then latitude.",
    "La longitude vient d’abord, puis la latitude.",
  ],
  OPERATION_NOT_FOUND: [
    "Le projet n’a pas cette opération",
    "Old ones are deleted after a while.",
    "Les anciennes sont supprimées après un certain temps.",
  ],
  OPERATION_DONE: [
    "L’opération est terminée",
    "It cannot be cancelled any more; its page says what it did.",
    "Elle ne peut plus être annulée ; sa page dit ce qu’elle a fait.",
  ],
  TOO_MANY_OPERATIONS: [
    "Trop d’opérations sont en cours dans le projet",
    (m) => say`At most ${m.limit} run at once: wait until one is done, or cancel one.`,
    (m) => say`Au plus ${m.limit} sont en cours à la fois : attendez la fin d’une, ou annulez-en une.`,
  ],
  TASK_AREA_INVALID: [
    "Une des zones données n’est pas valable pour une tâche",
    (m) => [
      ...say`It is number ${ordinal(m.index)}. `,
      ...say`Look at longitude ${m.longitude}, latitude ${m.latitude}.`,
    ],
    (m) => [
      ...say`C’est la numéro ${ordinal(m.index)}. `,
      ...say`Regardez à la longitude ${m.longitude}, latitude ${m.latitude}.`,
    ],
  ],
  TASK_STATE_NOT_CHANGEABLE: [
    "Cette action ne va pas avec l’état de la tâche",
    (m) => say`It is ${wordFor(m.state, STATES_EN)}.`,
    (m) => say`Elle est ${wordFor(m.state, STATES_FR)}.`,
  ],
  TASK_TOUCHED: [
    "Quelqu’un a travaillé sur la tâche",
    "It stays as it is, until a manager of the project decides.",
    "Elle reste telle quelle, jusqu’à ce qu’une personne responsable du projet décide.",
  ],
  RECONCILIATION_SUPERSEDED: [
    "La zone a encore été changée, et une opération plus récente y adapte les tâches",
    "Follow the later operation.",
    "Suivez l’opération la plus récente.",
  ],
};

/** People count from 1. */
function ordinal(index: string | undefined): string | undefined {
  return index !== undefined && /^\d+$/.test(index) ? String(Number(index) + 1) : undefined;
}
