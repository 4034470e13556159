import { catalogue } from "../texts/catalogue.ts";

const EN = {
  READY: "To map",
  MAPPED: "Mapped, to validate",
  VALIDATED: "Validated",
  INVALIDATED: "To map again",
  BAD_IMAGERY: "No usable imagery",
  SPLIT: "Split into parts",
  WITHDRAWN: "Withdrawn",
  DELETED: "Deleted",
  mapping: "mapping",
  validation: "validation",
};

const FR = {
  READY: "À cartographier",
  MAPPED: "Cartographiée, à valider",
  VALIDATED: "Validée",
  INVALIDATED: "À recartographier",
  BAD_IMAGERY: "Sans imagerie utilisable",
  SPLIT: "Divisée",
  WITHDRAWN: "Retirée",
  DELETED: "Supprimée",
  mapping: "cartographie",
  validation: "validation",
};

/** The names of a task's states, and of what a lock is for. */
export const STATE_TEXTS = catalogue(EN, FR);
