import { catalogue } from "../texts/catalogue.ts";

const EN = {
  priority: { 1: "Low", 2: "Medium", 3: "High", 4: "Urgent" },
  difficulty: { 1: "Easy", 2: "Moderate", 3: "Challenging" },
  mappingType: { 1: "Roads", 2: "Buildings", 3: "Waterways", 4: "Land use", 5: "Other" },
  status: { 1: "Draft", 2: "Open for work", 3: "Archived" },
  level: { 1: "Beginner", 2: "Intermediate", 3: "Advanced" },
  state: { 1: "To map", 2: "Mapped", 3: "Validated", 4: "To map again", 5: "Bad imagery", 6: "Split" },
};

const FR = {
  priority: { 1: "Basse", 2: "Moyenne", 3: "Haute", 4: "Urgente" },
  difficulty: { 1: "Facile", 2: "Moyenne", 3: "Difficile" },
  mappingType: {
    1: "Routes",
    2: "Bâtiments",
    3: "Cours d’eau",
    4: "Occupation du sol",
    5: "Autre",
  },
  status: { 1: "Brouillon", 2: "Ouvert au travail", 3: "Archivé" },
  level: { 1: "Débutant", 2: "Intermédiaire", 3: "Avancé" },
  state: {
    1: "À cartographier",
    2: "Cartographiée",
    3: "Validée",
    4: "À reprendre",
    5: "Imagerie inutilisable",
    6: "Divisée",
  },
};

/** The words for the values of enums, by their numbers. */
export const WORDS = catalogue(EN, FR);

/** The word for a value of an enum; "" for one that is not known here. */
export function word(words: Readonly<Record<number, string>>, value: number): string {
  return words[value] ?? "";
}
