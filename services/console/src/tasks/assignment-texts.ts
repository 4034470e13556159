import { catalogue } from "../texts/catalogue.ts";
import { countedEn, countedFr } from "../texts/counted.ts";

const EN = {
  title: "Reserve it for somebody",
  change: "Reserve it for somebody else",
  person: "Name of the person",
  days: "For how long",
  day: (count: number) => countedEn(count, "day", "days"),
  assign: "Reserve",
  unassign: "End the reservation",
  nobody: (name: string) => `Nobody is called ${name}.`,
};

const FR = {
  title: "La réserver à quelqu’un",
  change: "La réserver à quelqu’un d’autre",
  person: "Nom de la personne",
  days: "Pour combien de temps",
  day: (count: number) => countedFr(count, "jour", "jours"),
  assign: "Réserver",
  unassign: "Mettre fin à la réservation",
  nobody: (name: string) => `Personne ne s’appelle ${name}.`,
};

/** The reservation of a task. */
export const ASSIGNMENT_TEXTS = catalogue(EN, FR);
