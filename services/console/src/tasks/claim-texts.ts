import { catalogue } from "../texts/catalogue.ts";

const EN = {
  title: "No task for now",
  again: "Try again",
  tasks: "All tasks of the project",
};

const FR = {
  title: "Pas de tâche pour le moment",
  again: "Réessayer",
  tasks: "Toutes les tâches du projet",
};

/** What is said when no task could be chosen. */
export const CLAIM_TEXTS = catalogue(EN, FR);
