import { catalogue } from "../texts/catalogue.ts";

const EN = {
  task: (id: number) => `Task ${id}`,
  map: "Map this task",
  heldBy: "Held by",
  until: "until",
};

const FR = {
  task: (id: number) => `Tâche ${id}`,
  map: "Cartographier cette tâche",
  heldBy: "Tenue par",
  until: "jusqu’à",
};

export const TASK_TEXTS = catalogue(EN, FR);
