import { catalogue } from "../texts/catalogue.ts";
import { countedEn, countedFr } from "../texts/counted.ts";

const EN = {
  yes: "yes",
  no: "no",
  none: "There is nothing in this list.",
  more: (count: number) => `and ${count} more`,
  open: "Open",
  page: "Page",
  below: "More about it",
  seconds: (seconds: string) => `${seconds} s`,
  area: (polygons: number, positions: number) =>
    `${countedEn(polygons, "polygon", "polygons")} with ${countedEn(positions, "position", "positions")}`,
};

const FR = {
  yes: "oui",
  no: "non",
  none: "Il n’y a rien dans cette liste.",
  more: (count: number) => `et ${count} de plus`,
  open: "Ouvrir",
  page: "Page",
  below: "Pour en savoir plus",
  seconds: (seconds: string) => `${seconds} s`,
  area: (polygons: number, positions: number) =>
    `${countedFr(polygons, "polygone", "polygones")}, ${countedFr(positions, "position", "positions")}`,
};

export const DOCUMENT_TEXTS = catalogue(EN, FR);
