import { catalogue } from "../texts/catalogue.ts";
import { pluralOf } from "../texts/counted.ts";

const EN = {
  title: "Map together",
  lead: "Where maps are missing, help comes late. Here an area is cut into small tasks, so that many people can map it at once and nobody does the work of another.",
  figures: "In figures",
  openProjects: (count: number) => pluralOf("en", count, "project open for work", "projects open for work"),
  countries: (count: number) => pluralOf("en", count, "country", "countries"),
  urgent: (count: number) => pluralOf("en", count, "urgent project", "urgent projects"),
  how: "How it works",
  step1: "Choose a project",
  step1Text: "Each project says what to map, where, and why it is needed.",
  step2: "Take a task",
  step2Text: "A part of the area is yours for a while. You map it in your editor, such as JOSM or iD.",
  step3: "Hand it in",
  step3Text: "Somebody with more experience checks your work, and the map of that place is better.",
  signIn: "Sign in to map",
  look: "Look at the projects",
  held: "You hold these tasks",
  heldTask: (taskId: number, project: string) => `Task ${taskId} of ${project}`,
  mapping: "to map",
  validating: "to validate",
  until: "yours until",
  needed: "Help is needed now",
  neededMore: "Projects open for work that are not finished, the featured and most urgent ones first.",
  neededNone: "No project is waiting for help at the moment.",
  mine: "Where you mapped",
  recommended: "For you",
  because: (level: string, difficulties: string) =>
    `Your mapping level is ${level}: these projects are ${difficulties}, have work left, and you have not mapped in them yet.`,
  allProjects: "All projects",
  favourites: "My favourites",
};

const FR = {
  title: "Cartographier ensemble",
  lead: "Où les cartes manquent, l’aide arrive tard. Ici, une zone est découpée en petites tâches : beaucoup de personnes la cartographient à la fois, sans que l’une refasse le travail de l’autre.",
  figures: "En chiffres",
  openProjects: (count: number) => pluralOf("fr", count, "projet ouvert", "projets ouverts"),
  countries: () => "pays",
  urgent: (count: number) => pluralOf("fr", count, "projet urgent", "projets urgents"),
  how: "Comment ça marche",
  step1: "Choisissez un projet",
  step1Text: "Chaque projet dit quoi cartographier, où, et pourquoi c’est nécessaire.",
  step2: "Prenez une tâche",
  step2Text:
    "Une partie de la zone est à vous pour un temps. Vous la cartographiez dans votre éditeur, comme JOSM ou iD.",
  step3: "Rendez-la",
  step3Text: "Une personne plus expérimentée vérifie votre travail, et la carte de ce lieu est meilleure.",
  signIn: "Se connecter pour cartographier",
  look: "Voir les projets",
  held: "Vous tenez ces tâches",
  heldTask: (taskId: number, project: string) => `Tâche ${taskId} de ${project}`,
  mapping: "à cartographier",
  validating: "à valider",
  until: "à vous jusqu’à",
  needed: "On a besoin d’aide",
  neededMore: "Projets ouverts et inachevés, ceux à la une et les plus urgents d’abord.",
  neededNone: "Aucun projet n’attend d’aide en ce moment.",
  mine: "Où vous avez cartographié",
  recommended: "Pour vous",
  because: (level: string, difficulties: string) =>
    `Votre niveau est ${level} : ces projets sont de difficulté ${difficulties}, il y reste du travail, et vous n’y avez pas encore cartographié.`,
  allProjects: "Tous les projets",
  favourites: "Mes favoris",
};

export const HOME_TEXTS = catalogue(EN, FR);
