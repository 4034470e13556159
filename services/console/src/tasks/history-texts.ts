import { catalogue } from "../texts/catalogue.ts";
import { countedEn, countedFr } from "../texts/counted.ts";

const EN = {
  title: "History",
  TASKS_CREATED: "The project’s area was cut into tasks.",
  LOCKED: "{who} took it for {purpose}, until {time}.",
  LOCK_EXTENDED: "{who} got more time, until {time}.",
  LOCK_RELEASED: "{who} let it go.",
  LOCK_EXPIRED: "The time of {holder} ended.",
  SUBMITTED: "{who} handed it in: {state}.",
  LOCK_FORCED: "{who} took it away from {holder}.",
  UNDONE: "{who} undid the last change: {state}.",
  SPLIT: "{who} split it into parts.",
  SUBTASK_CREATED: "It was made when {parent} was split.",
  ASSIGNED: "{who} reserved it for {assigned}.",
  UNASSIGNED: "{who} ended the reservation for {assigned}.",
  COMMENTED: "{who} wrote a comment.",
  STATE_CHANGED: "{who} changed its state: {state}.",
  PRIORITY_CHANGED: "{who} set its priority to {priority}.",
  REPORTED: "{who} reported a fault.",
  WITHDRAWN: "It was withdrawn: the project’s area excludes it.",
  RESTORED: "It lies in the project’s area again.",
  KEPT_OUTSIDE: "It lies outside the project’s area, and was kept.",
  system: "The system",
  operation: "by an operation on many tasks",
  earlier: (count: number) => `Show ${countedEn(count, "earlier event", "earlier events")}`,
  task: (id: number) => `task ${id}`,
};

const FR = {
  title: "Historique",
  TASKS_CREATED: "La zone du projet a été découpée en tâches.",
  LOCKED: "{who} l’a prise ({purpose}), jusqu’à {time}.",
  LOCK_EXTENDED: "{who} a obtenu plus de temps, jusqu’à {time}.",
  LOCK_RELEASED: "{who} l’a lâchée.",
  LOCK_EXPIRED: "Le temps de {holder} a pris fin.",
  SUBMITTED: "{who} l’a rendue : {state}.",
  LOCK_FORCED: "{who} l’a reprise à {holder}.",
  UNDONE: "{who} a annulé le dernier changement : {state}.",
  SPLIT: "{who} l’a divisée.",
  SUBTASK_CREATED: "Elle vient de la division de la {parent}.",
  ASSIGNED: "{who} l’a réservée à {assigned}.",
  UNASSIGNED: "{who} a mis fin à la réservation pour {assigned}.",
  COMMENTED: "{who} a écrit un commentaire.",
  STATE_CHANGED: "{who} a changé son état : {state}.",
  PRIORITY_CHANGED: "{who} a fixé sa priorité à {priority}.",
  REPORTED: "{who} a signalé un défaut.",
  WITHDRAWN: "Elle a été retirée : la zone du projet ne la comprend plus.",
  RESTORED: "Elle est de nouveau dans la zone du projet.",
  KEPT_OUTSIDE: "Elle est hors de la zone du projet, et a été gardée.",
  system: "Le système",
  operation: "par une opération sur plusieurs tâches",
  earlier: (count: number) => `Afficher ${countedFr(count, "événement précédent", "événements précédents")}`,
  task: (id: number) => `tâche ${id}`,
};

/** What happened to a task, event by event. */
export const HISTORY_TEXTS = catalogue(EN, FR);
