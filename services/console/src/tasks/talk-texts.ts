import { catalogue } from "../texts/catalogue.ts";
import { countedEn, countedFr } from "../texts/counted.ts";

const EN = {
  title: "What was said",
  nothing: "Nothing was said yet.",
  MAPPED: "handed it in as mapped",
  BAD_IMAGERY: "handed it in: the imagery does not show enough",
  VALIDATED: "found it mapped well",
  INVALIDATED: "sent it back to be mapped again",
  commented: "wrote",
  reported: "reported a fault",
  through: (tool: string) => `through ${tool}`,
  here: "at this place",
  comment: "Your comment",
  send: "Add the comment",
  remove: "Delete this comment",
  signIn: "Sign in to comment.",
  earlier: (count: number) => `Show ${countedEn(count, "earlier message", "earlier messages")}`,
};

const FR = {
  title: "Ce qui s’est dit",
  nothing: "Rien n’a encore été dit.",
  MAPPED: "l’a rendue cartographiée",
  BAD_IMAGERY: "l’a rendue : l’imagerie n’est pas assez bonne",
  VALIDATED: "l’a trouvée bien cartographiée",
  INVALIDATED: "l’a renvoyée, à cartographier de nouveau",
  commented: "a écrit",
  reported: "a signalé un défaut",
  through: (tool: string) => `par ${tool}`,
  here: "à cet endroit",
  comment: "Votre commentaire",
  send: "Ajouter le commentaire",
  remove: "Supprimer ce commentaire",
  signIn: "Connectez-vous pour commenter.",
  earlier: (count: number) => `Afficher ${countedFr(count, "message précédent", "messages précédents")}`,
};

/** What people said about a task. */
export const TALK_TEXTS = catalogue(EN, FR);
