import { catalogue } from "../texts/catalogue.ts";

const EN = {
  title: "Sign in",
  why: "To map, to validate or to run a project, sign in. Everybody can look without.",
  byProvider: "Sign in with your mapping account",
  byName: "Sign in by name",
  byNameHelp:
    "For trying things out: no proof is needed. Names are administrator, validator, and mapper-1 to mapper-99999.",
  name: "Name",
  notOffered: "Nobody can sign in here: no provider is set up.",
  failed: "The sign-in did not succeed",
  failedMore: "It was cancelled, or took too long. Begin again.",
};

const FR = {
  title: "Connexion",
  why: "Pour cartographier, valider ou mener un projet, connectez-vous. Tout le monde peut regarder sans cela.",
  byProvider: "Se connecter avec votre compte de cartographie",
  byName: "Se connecter par un nom",
  byNameHelp:
    "Pour essayer : aucune preuve n’est demandée. Les noms sont administrator, validator, et mapper-1 à mapper-99999.",
  name: "Nom",
  notOffered: "Personne ne peut se connecter ici : aucun fournisseur n’est configuré.",
  failed: "La connexion n’a pas abouti",
  failedMore: "Elle a été annulée, ou a pris trop de temps. Recommencez.",
};

export const SIGN_IN_TEXTS = catalogue(EN, FR);
