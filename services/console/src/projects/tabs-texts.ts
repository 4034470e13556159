import { catalogue } from "../texts/catalogue.ts";

const EN = {
  projects: "Projects",
  pages: "Pages of this project",
  overview: "Overview",
  tasks: "Tasks",
  validation: "Validate",
  activity: "Activity",
  contributors: "Contributors",
  settings: "Settings",
  status: {
    PUBLISHED: "Open for work",
    DRAFT: "Draft: only its managers see it",
    ARCHIVED: "Archived: it can be read, not mapped",
  },
};

const FR = {
  projects: "Projets",
  pages: "Pages de ce projet",
  overview: "Présentation",
  tasks: "Tâches",
  validation: "Valider",
  activity: "Activité",
  contributors: "Contributions",
  settings: "Réglages",
  status: {
    PUBLISHED: "Ouvert au travail",
    DRAFT: "Brouillon : seuls ses responsables le voient",
    ARCHIVED: "Archivé : on peut le lire, non le cartographier",
  },
};

export const TABS_TEXTS = catalogue(EN, FR);
