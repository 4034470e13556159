import { catalogue } from "../texts/catalogue.ts";

const EN = {
  you: "you",
  person: (id: string) => `person ${id}`,
};

const FR = {
  you: "vous",
  person: (id: string) => `personne ${id}`,
};

export const PEOPLE_TEXTS = catalogue(EN, FR);
