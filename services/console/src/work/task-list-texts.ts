import { catalogue } from "../texts/catalogue.ts";
import { countedEn, countedFr } from "../texts/counted.ts";

const EN = {
  title: (project: string) => `Tasks of ${project}`,
  filters: "Filter the tasks",
  states: "State",
  number: "Number of the task",
  priority: "Priority",
  names: {
    "filter.holder_user_id": "Held by",
    "filter.mapped_by_user_id": "Mapped by",
    "filter.validated_by_user_id": "Validated by",
  },
  anybody: "Anybody",
  outside: "Only those outside the project’s area",
  priorityArea: (place: number) => `Priority area ${place}`,
  urgent: "Only those in priority areas",
  find: "Show",
  clear: "Show all tasks",
  found: (count: number) => countedEn(count, "task", "tasks"),
  none: "No task matches.",
  loosen: "Take a filter away, or show all tasks.",
  faulty: "Correct the filter that is marked above.",
  task: "Task",
  allOrNone: "None of the others was taken either: it is all of them or none.",
  held: "Held",
  free: "Free",
  until: "{person}, {purpose}, until {time}",
  reserved: "Reserved for {person}",
  changed: "Last change",
  comments: "Comments",
};

const FR: typeof EN = {
  title: (project) => `Tâches de ${project}`,
  filters: "Filtrer les tâches",
  states: "État",
  number: "Numéro de la tâche",
  priority: "Priorité",
  names: {
    "filter.holder_user_id": "Tenue par",
    "filter.mapped_by_user_id": "Cartographiée par",
    "filter.validated_by_user_id": "Validée par",
  },
  anybody: "Tout le monde",
  outside: "Seulement celles hors de la zone du projet",
  priorityArea: (place: number) => `Zone prioritaire ${place}`,
  urgent: "Seulement celles des zones prioritaires",
  find: "Afficher",
  clear: "Afficher toutes les tâches",
  found: (count) => countedFr(count, "tâche", "tâches"),
  none: "Aucune tâche ne correspond.",
  loosen: "Retirez un filtre, ou affichez toutes les tâches.",
  faulty: "Corrigez le filtre indiqué ci-dessus.",
  task: "Tâche",
  allOrNone: "Aucune des autres n’a été prise : c’est toutes ou aucune.",
  held: "Tenue",
  free: "Libre",
  until: "{person}, {purpose}, jusqu’à {time}",
  reserved: "Réservée à {person}",
  changed: "Dernier changement",
  comments: "Commentaires",
};

/** The table of a project's tasks and its filters. */
export const TASK_LIST_TEXTS = catalogue(EN, FR);
