import { catalogue } from "../texts/catalogue.ts";

const EN = {
  sample: "A sample, or all of one person’s",
  sampleHelp:
    "The same words give the same tasks, to everybody. Tasks that have a verdict stay in the sample: take one for a second check.",
  every: "One of how many tasks (1 for all)",
  seed: "Words that choose the sample",
  whose: "Mapping by",
  anybody: "everybody",
  onlyWaiting: "Only tasks that wait",
  draw: "Show the sample",
  take: "Take the chosen tasks",
  none: "There are no such tasks.",
  first: (count: string) => `These are the first ${count}.`,
  task: "Task",
  state: "State",
  mappedBy: "Mapped by",
  validatedBy: "Verdict by",
  locked: "Somebody holds it",
  choose: (task: number) => `Choose task ${task} of the sample`,
  differ: "Where validators disagree",
  differHelp: "Two people judged the same mapping differently. Talk about the task together.",
  agreed: "There are no disagreements.",
  stateNow: "State now",
  before: "First verdict",
  after: "Second verdict",
  VALIDATED: "mapped well",
  INVALIDATED: "sent back",
  allOf: "See all of them",
};

const FR = {
  sample: "Un échantillon, ou tout d’une personne",
  sampleHelp:
    "Les mêmes mots donnent les mêmes tâches, à tout le monde. Les tâches déjà jugées y restent : prenez-en une pour une seconde vérification.",
  every: "Une tâche sur combien (1 pour toutes)",
  seed: "Mots qui choisissent l’échantillon",
  whose: "Cartographie de",
  anybody: "tout le monde",
  onlyWaiting: "Seulement les tâches en attente",
  draw: "Afficher l’échantillon",
  take: "Prendre les tâches choisies",
  none: "Il n’y a pas de telles tâches.",
  first: (count: string) => `Voici les ${count} premières.`,
  task: "Tâche",
  state: "État",
  mappedBy: "Cartographiée par",
  validatedBy: "Jugée par",
  locked: "Quelqu’un la tient",
  choose: (task: number) => `Choisir la tâche ${task} de l’échantillon`,
  differ: "Désaccords entre validateurs",
  differHelp: "Deux personnes ont jugé différemment la même cartographie. Regardez-la ensemble.",
  agreed: "Il n’y a pas de désaccord.",
  stateNow: "État actuel",
  before: "Premier avis",
  after: "Second avis",
  VALIDATED: "bien cartographiée",
  INVALIDATED: "renvoyée",
  allOf: "Les voir tous",
};

/** Samples for validators, and where they disagree. */
export const CHECK_TEXTS = catalogue(EN, FR);
