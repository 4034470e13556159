import { catalogue } from "../texts/catalogue.ts";

const EN = {
  title: "Map together",
  lead: "Where maps are missing, help comes late. Pick a project, take a task, and map it.",
  allProjects: "All projects",
};

const FR = {
  title: "Cartographier ensemble",
  lead: "Où les cartes manquent, l’aide arrive tard. Choisissez un projet, prenez une tâche et cartographiez-la.",
  allProjects: "Tous les projets",
};

export const HOME_TEXTS = catalogue(EN, FR);
