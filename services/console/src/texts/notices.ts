import { catalogue } from "./catalogue.ts";

const EN = {
  signedIn: "You are signed in.",
  signedOut: "You are signed out.",
  sessionOver: "Your session is over. Sign in again.",
  uploadDeleted: "The upload is deleted.",
  projectCreated: "The project is saved as a draft. Only its managers see it.",
  settingsSaved: "Saved.",
  taskTaken: "The task is yours. The clock says for how long.",
  lockExtended: "You have more time.",
  taskReleased: "You let the task go.",
  lockForced: "The task is free again.",
  taskHandedIn: "Handed in. Thank you!",
  taskSplit: "The task is split. Its parts are free for everybody.",
  taskUndone: "The last change is undone.",
  commentAdded: "Your comment is there.",
  taskAssigned: "The task is reserved.",
  assignmentEnded: "The reservation is ended.",
  licenceAccepted: "You accepted the licence.",
  favouriteMarked: "The project is one of your favourites now.",
  favouriteUnmarked: "The project is no longer one of your favourites.",
  projectTransferred: "The project is transferred.",
  projectDeleted: "The project is deleted.",
  projectImported: "The project is taken over.",
};

const FR = {
  signedIn: "Vous êtes connecté.",
  signedOut: "Vous êtes déconnecté.",
  sessionOver: "Votre session est terminée. Connectez-vous de nouveau.",
  uploadDeleted: "L’envoi est supprimé.",
  projectCreated: "Le projet est enregistré comme brouillon. Seuls ses responsables le voient.",
  settingsSaved: "Enregistré.",
  taskTaken: "La tâche est à vous. L’horloge dit pour combien de temps.",
  lockExtended: "Vous avez plus de temps.",
  taskReleased: "Vous avez lâché la tâche.",
  lockForced: "La tâche est de nouveau libre.",
  taskHandedIn: "Rendue. Merci !",
  taskSplit: "La tâche est divisée. Ses parties sont libres pour tous.",
  taskUndone: "Le dernier changement est annulé.",
  commentAdded: "Votre commentaire est là.",
  taskAssigned: "La tâche est réservée.",
  assignmentEnded: "La réservation est terminée.",
  licenceAccepted: "Vous avez accepté la licence.",
  favouriteMarked: "Le projet est maintenant l’un de vos favoris.",
  favouriteUnmarked: "Le projet n’est plus l’un de vos favoris.",
  projectTransferred: "Le projet est transféré.",
  projectDeleted: "Le projet est supprimé.",
  projectImported: "Le projet est repris.",
};

/** What a page says has just been done, by the key that the form's answer names. */
export const NOTICE_TEXTS = catalogue(EN, FR);
