import { catalogue } from "../texts/catalogue.ts";

const EN = {
  title: "My work",
  held: "Tasks that you hold",
  nothing: "You hold no task.",
  begin: "Choose a project",
  task: (id: number, project: string) => `Task ${id} of ${project}`,
  project: (id: number) => `project ${id}`,
  forMAPPING: "You map it.",
  forVALIDATION: "You validate it.",
  open: "Continue and hand in",
  extend: "I need more time",
  release: "Let it go",
  confirm: "Let this task go? What you mapped stays in OpenStreetMap; others can take the task.",
  validateAll: (count: number, project: string) =>
    `Hand in the ${count} that you validate in ${project} together`,
  reserved: "Tasks that are reserved for you",
  reservedHelp: "In the projects that you work in or marked as favourites.",
  noneReserved: "No task is reserved for you in these projects.",
  until: "until",
};

const FR: typeof EN = {
  title: "Mon travail",
  held: "Tâches que vous tenez",
  nothing: "Vous ne tenez aucune tâche.",
  begin: "Choisir un projet",
  task: (id, project) => `Tâche ${id} de ${project}`,
  project: (id) => `projet ${id}`,
  forMAPPING: "Vous la cartographiez.",
  forVALIDATION: "Vous la validez.",
  open: "Continuer et rendre",
  extend: "Il me faut plus de temps",
  release: "La lâcher",
  confirm:
    "Lâcher cette tâche ? Ce que vous avez cartographié reste dans OpenStreetMap ; d’autres pourront la prendre.",
  validateAll: (count, project) => `Rendre ensemble les ${count} que vous validez dans ${project}`,
  reserved: "Tâches qui vous sont réservées",
  reservedHelp: "Dans les projets où vous travaillez ou qui sont parmi vos favoris.",
  noneReserved: "Aucune tâche ne vous est réservée dans ces projets.",
  until: "jusqu’à",
};

/** What a person holds, and what is reserved for them. */
export const MY_WORK_TEXTS = catalogue(EN, FR);
