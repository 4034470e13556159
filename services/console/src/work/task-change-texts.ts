import { catalogue } from "../texts/catalogue.ts";

const EN = {
  title: "Change many tasks",
  tasks: "Tasks",
  all: (count: string, exact: number) =>
    exact === 1 ? "The project has one task." : `All ${count} tasks of the project are chosen.`,
  some: (count: string, exact: number) =>
    exact === 1 ? "One task is chosen." : `${count} tasks are chosen.`,
  otherTasks: "Choose other tasks",
  which: "What should happen to them?",
  actions: {
    MAP: "Mark as mapped",
    VALIDATE: "Mark as validated",
    INVALIDATE: "Send back to be mapped again",
    RESET_BAD_IMAGERY: "Free those without imagery",
    RESET: "Start from the beginning",
    REVERT_USER: "Undo what one person did",
    DELETE: "Delete those that nobody touched",
  },
  means: {
    MAP: "Tasks to map become mapped, by you.",
    VALIDATE: "Mapped tasks become validated, by you.",
    INVALIDATE: "Mapped and validated tasks are to be mapped again.",
    RESET_BAD_IMAGERY: "Tasks that were marked as without imagery are to be mapped.",
    RESET: "All are to be mapped, without mapper and validator. Their history stays.",
    REVERT_USER: "Each task gets the state back that it had before that person.",
    DELETE:
      "Tasks that somebody holds, reserved, worked on or wrote about stay. Fill the ground with new tasks afterwards.",
  },
  revertOf: (person: string) => `Undo what ${person} did`,
  reverted: "Person, if you undo what one person did",
  nobody: "Choose a person",
  noPerson: "Choose the person.",
  locked: "Also tasks that somebody works on now",
  lockedMeans: "Their holders lose them.",
  lockedToo: "Tasks that somebody works on now are included: their holders lose them.",
  lockedNot: "Tasks that somebody works on now stay as they are.",
  next: "Go on",
  meant: (count: string, exact: number) => (exact === 1 ? "One task is meant." : `${count} tasks are meant.`),
  others: (count: string, exact: number) =>
    exact === 1
      ? "One other chosen task stays as it is: this does not apply to its state."
      : `The ${count} other chosen tasks stay as they are: this does not apply to their state.`,
  nothing: "There is nothing to change.",
  begin: {
    MAP: (count: string) => `Mark as mapped (${count})`,
    VALIDATE: (count: string) => `Mark as validated (${count})`,
    INVALIDATE: (count: string) => `Send back (${count})`,
    RESET_BAD_IMAGERY: (count: string) => `Free them (${count})`,
    RESET: (count: string) => `Start from the beginning (${count})`,
    REVERT_USER: (count: string) => `Undo (${count})`,
    DELETE: (count: string) => `Delete (${count} at most)`,
  },
  otherChange: "Choose another change",
  ticked: "Change the ticked tasks",
  chosen: (count: string, exact: number) =>
    exact === 1 ? "Change this task" : `Change these ${count} tasks`,
  tick: (task: number) => `Tick task ${task}`,
  lockMAPPING: "Map the ticked tasks",
  lockVALIDATION: "Validate the ticked tasks",
  nothingTicked: "No task is ticked.",
};

const FR: typeof EN = {
  title: "Modifier de nombreuses tâches",
  tasks: "Tâches",
  all: (count, exact) =>
    exact === 1 ? "Le projet a une tâche." : `Les ${count} tâches du projet sont choisies.`,
  some: (count, exact) => (exact === 1 ? "Une tâche est choisie." : `${count} tâches sont choisies.`),
  otherTasks: "Choisir d’autres tâches",
  which: "Que faut-il en faire ?",
  actions: {
    MAP: "Marquer comme cartographiées",
    VALIDATE: "Marquer comme validées",
    INVALIDATE: "Renvoyer à cartographier",
    RESET_BAD_IMAGERY: "Libérer celles sans imagerie",
    RESET: "Recommencer depuis le début",
    REVERT_USER: "Annuler le travail d’une personne",
    DELETE: "Supprimer celles que personne n’a touchées",
  },
  means: {
    MAP: "Les tâches à cartographier deviennent cartographiées, par vous.",
    VALIDATE: "Les tâches cartographiées deviennent validées, par vous.",
    INVALIDATE: "Les tâches cartographiées et validées sont à cartographier de nouveau.",
    RESET_BAD_IMAGERY: "Les tâches marquées sans imagerie sont à cartographier.",
    RESET: "Toutes sont à cartographier, sans cartographe ni validateur. L’historique reste.",
    REVERT_USER: "Chaque tâche retrouve l’état qu’elle avait avant cette personne.",
    DELETE:
      "Les tâches tenues, réservées, travaillées ou commentées restent. Comblez ensuite le terrain par de nouvelles tâches.",
  },
  revertOf: (person) => `Annuler le travail de ${person}`,
  reverted: "Personne dont le travail est annulé",
  nobody: "Choisir une personne",
  noPerson: "Choisissez la personne.",
  locked: "Aussi les tâches sur lesquelles quelqu’un travaille",
  lockedMeans: "Elles sont retirées à leurs détenteurs.",
  lockedToo: "Les tâches en cours sont comprises : elles sont retirées à leurs détenteurs.",
  lockedNot: "Les tâches sur lesquelles quelqu’un travaille restent comme elles sont.",
  next: "Continuer",
  meant: (count, exact) => (exact === 1 ? "Une tâche est concernée." : `${count} tâches sont concernées.`),
  others: (count, exact) =>
    exact === 1
      ? "Une autre tâche choisie reste comme elle est : cela ne s’applique pas à son état."
      : `Les ${count} autres tâches choisies restent comme elles sont : cela ne s’applique pas à leur état.`,
  nothing: "Il n’y a rien à modifier.",
  begin: {
    MAP: (count) => `Marquer comme cartographiées (${count})`,
    VALIDATE: (count) => `Marquer comme validées (${count})`,
    INVALIDATE: (count) => `Renvoyer (${count})`,
    RESET_BAD_IMAGERY: (count) => `Libérer (${count})`,
    RESET: (count) => `Recommencer (${count})`,
    REVERT_USER: (count) => `Annuler (${count})`,
    DELETE: (count) => `Supprimer (${count} au plus)`,
  },
  otherChange: "Choisir une autre modification",
  ticked: "Modifier les tâches cochées",
  chosen: (count, exact) => (exact === 1 ? "Modifier cette tâche" : `Modifier ces ${count} tâches`),
  tick: (task) => `Cocher la tâche ${task}`,
  lockMAPPING: "Cartographier les tâches cochées",
  lockVALIDATION: "Valider les tâches cochées",
  nothingTicked: "Aucune tâche n’est cochée.",
};

/** The texts about what is done with several tasks at once. */
export const TASK_CHANGE_TEXTS = catalogue(EN, FR);
