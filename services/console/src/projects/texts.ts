import { catalogue } from "../texts/catalogue.ts";

const EN = {
  title: "Projects",
  search: "Search",
  find: "Find",
  none: "No project matches.",
  mapped: (percent: string) => `${percent} mapped`,
  validated: (percent: string) => `${percent} validated`,
  instructions: "What to do",
};

const FR = {
  title: "Projets",
  search: "Recherche",
  find: "Chercher",
  none: "Aucun projet ne correspond.",
  mapped: (percent: string) => `${percent} cartographié`,
  validated: (percent: string) => `${percent} validé`,
  instructions: "Que faire",
};

export const PROJECT_TEXTS = catalogue(EN, FR);
