import { catalogue } from "../texts/catalogue.ts";

const EN = {
  title: "What you found wrong, and how often",
  help: "It helps the mapper, if the task must be mapped again.",
  "missed-feature": "Something is missing",
  "feature-geometry": "Shape or place is wrong",
  "wrong-tag": "Tags are wrong",
  other: "Something else",
};

const FR = {
  title: "Ce qui ne va pas, et combien de fois",
  help: "Cela aide la personne qui cartographie, si la tâche est à reprendre.",
  "missed-feature": "Il manque quelque chose",
  "feature-geometry": "La forme ou la position est fausse",
  "wrong-tag": "Les attributs sont faux",
  other: "Autre chose",
};

/** The kinds of fault that validators count. */
export const ISSUE_TEXTS = catalogue(EN, FR);
