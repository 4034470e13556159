import { catalogue } from "./catalogue.ts";

const EN = {
  signedIn: "You are signed in.",
  signedOut: "You are signed out.",
  sessionOver: "Your session is over. Sign in again.",
  uploadDeleted: "The upload is deleted.",
  projectCreated: "The project is saved as a draft. Only its managers see it.",
  settingsSaved: "Saved.",
  favouriteMarked: "The project is one of your favourites now.",
  favouriteUnmarked: "The project is no longer one of your favourites.",
};

const FR = {
  signedIn: "Vous êtes connecté.",
  signedOut: "Vous êtes déconnecté.",
  sessionOver: "Votre session est terminée. Connectez-vous de nouveau.",
  uploadDeleted: "L’envoi est supprimé.",
  projectCreated: "Le projet est enregistré comme brouillon. Seuls ses responsables le voient.",
  settingsSaved: "Enregistré.",
  favouriteMarked: "Le projet est maintenant l’un de vos favoris.",
  favouriteUnmarked: "Le projet n’est plus l’un de vos favoris.",
};

/** What a page says has just been done, by the key that the form's answer names. */
export const NOTICE_TEXTS = catalogue(EN, FR);
