import { catalogue } from "../texts/catalogue.ts";
import { countedEn, countedFr } from "../texts/counted.ts";

const EN = {
  title: "Contributors",
  none: "Nobody has handed anything in yet.",
  caption: "People who worked in this project",
  person: "Person",
  mapped: "Tasks mapped",
  validated: "Tasks validated",
  held: "Holds now",
  mappings: "Mapping handed in",
  validations: "Validation handed in",
  last: "Last handed in",
  one: "What this person handed in here",
  everybody: "Everybody",
  contributionsOf: "Days of this person",
  byDay: "Handed in by day",
  byDayFrom: (first: string, last: string) => `From ${first} to ${last}, in UTC`,
  summary: (total: number, days: number, most: string) =>
    `${countedEn(total, "task", "tasks")} handed in on ${countedEn(days, "day", "days")}; the most on one day: ${most}`,
  bar: (day: string, total: string) => `${day}: ${total}`,
  numbers: "The same in numbers",
  day: "Day",
  outcome: {
    mapped: "Mapped",
    badImagery: "Bad imagery",
    validated: "Validated",
    invalidated: "To map again",
  },
  people: "People",
};

const FR = {
  title: "Contributions",
  none: "Personne n’a encore rien rendu.",
  caption: "Personnes qui ont travaillé dans ce projet",
  person: "Personne",
  mapped: "Tâches cartographiées",
  validated: "Tâches validées",
  held: "Tient maintenant",
  mappings: "Cartographies rendues",
  validations: "Validations rendues",
  last: "Dernier rendu",
  one: "Ce que cette personne a rendu ici",
  everybody: "Tout le monde",
  contributionsOf: "Jours de cette personne",
  byDay: "Rendu par jour",
  byDayFrom: (first: string, last: string) => `Du ${first} au ${last}, en UTC`,
  summary: (total: number, days: number, most: string) =>
    `${countedFr(total, "tâche rendue", "tâches rendues")} en ${countedFr(days, "jour", "jours")} ; le plus en un jour : ${most}`,
  bar: (day: string, total: string) => `${day} : ${total}`,
  numbers: "Les mêmes en chiffres",
  day: "Jour",
  outcome: {
    mapped: "Cartographiées",
    badImagery: "Imagerie inutilisable",
    validated: "Validées",
    invalidated: "À reprendre",
  },
  people: "Personnes",
};

export const CONTRIBUTORS_TEXTS = catalogue(EN, FR);
