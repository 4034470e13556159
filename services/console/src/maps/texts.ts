import { catalogue } from "../texts/catalogue.ts";

const EN = {
  title: "Map of the tasks",
  states: {
    ready: "To map",
    mapped: "Mapped, to validate",
    validated: "Validated",
    invalidated: "To map again",
    "bad-imagery": "No usable imagery",
  },
  locks: {
    mapping: "Being mapped now",
    validation: "Being validated now",
    any: "Held by somebody now",
  },
  summary: (tasks: string, parts: string) => `Map of ${tasks} tasks. ${parts}.`,
  part: (name: string, count: string) => `${name}: ${count}`,
  noTasks: "This project has no tasks yet.",
  open: "Open the interactive map",
  table: "All tasks as a table",
  inTable: "The same tasks stand in a table, which the keyboard reaches.",
  legend: "What the colours and patterns mean",
  live: "Live: changes show as they happen.",
  connecting: "Connecting to the changes…",
  notLive: "Not connected: reload the page to see changes.",
  task: (taskId: string) => `Task ${taskId}`,
  place: (taskId: string) => `Where task ${taskId} is, with the tasks around it`,
  thisTask: "This task",
  area: (width: string, height: string) =>
    `The area, ${width} km from west to east and ${height} km from north to south.`,
  faults: (count: number) => (count === 1 ? "1 fault is marked." : `${count} faults are marked.`),
  fault: (number: string) => `Fault ${number}`,
  projects: (count: number) =>
    count === 1 ? "World map with 1 project" : `World map with ${count} projects`,
  openProjects: "Open the map to move and zoom",
};

const FR = {
  title: "Carte des tâches",
  states: {
    ready: "À cartographier",
    mapped: "Cartographiées, à valider",
    validated: "Validées",
    invalidated: "À recartographier",
    "bad-imagery": "Sans imagerie utilisable",
  },
  locks: {
    mapping: "En cours de cartographie",
    validation: "En cours de validation",
    any: "Tenues par quelqu’un",
  },
  summary: (tasks: string, parts: string) => `Carte de ${tasks} tâches. ${parts}.`,
  part: (name: string, count: string) => `${name} : ${count}`,
  noTasks: "Ce projet n’a pas encore de tâches.",
  open: "Ouvrir la carte interactive",
  table: "Toutes les tâches en tableau",
  inTable: "Les mêmes tâches sont dans un tableau, que le clavier atteint.",
  legend: "Ce que disent les couleurs et les motifs",
  live: "En direct : les changements apparaissent aussitôt.",
  connecting: "Connexion aux changements…",
  notLive: "Non connecté : rechargez la page pour voir les changements.",
  task: (taskId: string) => `Tâche ${taskId}`,
  place: (taskId: string) => `Où se trouve la tâche ${taskId}, avec les tâches voisines`,
  thisTask: "Cette tâche",
  area: (width: string, height: string) =>
    `La zone, ${width} km d’ouest en est et ${height} km du nord au sud.`,
  faults: (count: number) => (count === 1 ? "1 défaut est marqué." : `${count} défauts sont marqués.`),
  fault: (number: string) => `Défaut ${number}`,
  projects: (count: number) =>
    count === 1 ? "Carte du monde avec 1 projet" : `Carte du monde avec ${count} projets`,
  openProjects: "Ouvrir la carte pour la déplacer et l’agrandir",
};

/** The words around maps. */
export const MAP_TEXTS = catalogue(EN, FR);
