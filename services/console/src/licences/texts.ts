import { catalogue } from "../texts/catalogue.ts";

const EN = {
  title: "Licences",
  lead: "The terms under which imagery may be mapped from. A project that has one asks everybody to accept it first.",
  none: "There is no licence.",
  name: "Name",
  description: "What it is for",
  descriptionHelp: "Which imagery, from whom. Markdown.",
  plainText: "The text that is accepted",
  plainTextHelp: "Without formatting. Other terms are another licence, which people accept anew.",
  changed: "Last changed",
  create: "Make a licence",
  edit: "Change it",
  save: "Save",
  delete: "Delete the licence",
  deleteHelp: "Only a licence that no project has can be deleted. Its acceptances are deleted with it.",
  deleteConfirm: "Yes, delete it",
  deleteUnconfirmed: "Confirm first that you mean it.",
  accept: "I accept this licence",
  accepted: "You accepted it on",
  signIn: "Sign in to accept it",
  projects: "Projects with this licence ask for it on their own pages.",
};

const FR: typeof EN = {
  title: "Licences",
  lead: "Les conditions auxquelles on peut cartographier d’après une imagerie. Un projet qui en a une demande à chacun de l’accepter d’abord.",
  none: "Il n’y a aucune licence.",
  name: "Nom",
  description: "À quoi elle sert",
  descriptionHelp: "Quelle imagerie, de qui. Markdown.",
  plainText: "Le texte qui est accepté",
  plainTextHelp: "Sans mise en forme. D’autres conditions sont une autre licence, à accepter de nouveau.",
  changed: "Dernier changement",
  create: "Créer une licence",
  edit: "La modifier",
  save: "Enregistrer",
  delete: "Supprimer la licence",
  deleteHelp:
    "Seule une licence qu’aucun projet n’a peut être supprimée. Ses acceptations sont supprimées avec elle.",
  deleteConfirm: "Oui, la supprimer",
  deleteUnconfirmed: "Confirmez d’abord que vous le voulez.",
  accept: "J’accepte cette licence",
  accepted: "Vous l’avez acceptée le",
  signIn: "Se connecter pour l’accepter",
  projects: "Les projets qui ont cette licence la demandent sur leurs propres pages.",
};

export const LICENCE_TEXTS = catalogue(EN, FR);
