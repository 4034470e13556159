/** What a page says of one status: its title, and what can be done. */
type Said = readonly [title: string, advice: string];

/** The words of one language. */
export interface PageWords {
  statuses: Readonly<Record<number, Said>>;
  /** Of a status that is not listed: of the reader's request, or of the system. */
  yours: Said;
  ours: Said;
  tryAgainIn(seconds: number): string;
  reload: string;
  home: string;
  explained: string;
  request: string;
}

const EN: PageWords = {
  statuses: {
    400: ["This address or form cannot be read", "Go back, and try it from the page again."],
    401: ["You are not signed in", "Sign in, and open this address again."],
    403: ["This is not for you to see or do", "Sign in as somebody who may, or ask who manages it."],
    404: [
      "There is nothing here",
      "The address may be wrong, or what was here is deleted, or only others may see it.",
    ],
    405: ["This cannot be done at this address", "Go back, and use the forms of the page."],
    406: ["There is no page at this address", "What is here is for programs, in another form."],
    408: ["The request took too long to arrive", "Look at your connection, and send it again."],
    413: ["The form or its file is too large", "Go back, and choose a smaller file."],
    414: ["This address is too long", "Go back, and ask for less at once."],
    415: ["This kind of file or form is not taken here", "Go back, and choose a file of another kind."],
    429: ["These are too many requests at once", "Wait a moment, and load the page again."],
    500: ["Something went wrong here", "It is our fault, and it is written down. Try again in a moment."],
    502: [
      "A part of the system cannot be reached",
      "Try again in a moment. What you send twice has its effect once.",
    ],
    503: [
      "A part of the system cannot be reached",
      "Try again in a moment. What you send twice has its effect once.",
    ],
    504: ["The answer took too long", "Try again in a moment. What you send twice has its effect once."],
  },
  yours: ["This was refused", "Go back, and try it from the page again."],
  ours: ["Something went wrong here", "It is our fault, and it is written down. Try again in a moment."],
  tryAgainIn: (seconds) => `Try again in ${seconds} ${seconds === 1 ? "second" : "seconds"}.`,
  reload: "Load this page again",
  home: "Home",
  explained: "More about this",
  request: "Number of this request, for those who look after the system:",
};

const FR: PageWords = {
  statuses: {
    400: [
      "Cette adresse ou ce formulaire ne peut pas être lu",
      "Revenez en arrière et réessayez depuis la page.",
    ],
    401: ["Vous n’êtes pas connecté", "Connectez-vous, puis rouvrez cette adresse."],
    403: [
      "Vous ne pouvez ni le voir ni le faire",
      "Connectez-vous sous un autre nom, ou demandez à qui en est responsable.",
    ],
    404: [
      "Il n’y a rien ici",
      "L’adresse est peut-être fausse, ou ce qui était ici est supprimé, ou seules d’autres personnes peuvent le voir.",
    ],
    405: [
      "Cela ne peut pas être fait à cette adresse",
      "Revenez en arrière et utilisez les formulaires de la page.",
    ],
    406: [
      "Il n’y a pas de page à cette adresse",
      "Ce qui est ici est pour les programmes, sous une autre forme.",
    ],
    408: ["La demande a mis trop de temps à arriver", "Vérifiez votre connexion et renvoyez-la."],
    413: [
      "Le formulaire ou son fichier est trop grand",
      "Revenez en arrière et choisissez un fichier plus petit.",
    ],
    414: ["Cette adresse est trop longue", "Revenez en arrière et demandez moins à la fois."],
    415: [
      "Ce genre de fichier ou de formulaire n’est pas accepté ici",
      "Revenez en arrière et choisissez un autre fichier.",
    ],
    429: ["Il y a trop de demandes à la fois", "Attendez un instant et rechargez la page."],
    500: ["Quelque chose n’a pas marché ici", "C’est notre faute, et c’est noté. Réessayez dans un instant."],
    502: [
      "Une partie du système ne répond pas",
      "Réessayez dans un instant. Un envoi répété n’a d’effet qu’une fois.",
    ],
    503: [
      "Une partie du système ne répond pas",
      "Réessayez dans un instant. Un envoi répété n’a d’effet qu’une fois.",
    ],
    504: [
      "La réponse a mis trop de temps",
      "Réessayez dans un instant. Un envoi répété n’a d’effet qu’une fois.",
    ],
  },
  yours: ["C’est refusé", "Revenez en arrière et réessayez depuis la page."],
  ours: ["Quelque chose n’a pas marché ici", "C’est notre faute, et c’est noté. Réessayez dans un instant."],
  tryAgainIn: (seconds) => `Réessayez dans ${seconds} ${seconds === 1 ? "seconde" : "secondes"}.`,
  reload: "Recharger cette page",
  home: "Accueil",
  explained: "Pour en savoir plus",
  request: "Numéro de cette demande, pour les responsables du système :",
};

/** The languages of the gateway's own pages. The first is the default. */
export const PAGE_WORDS: Readonly<Record<"en" | "fr", PageWords>> = { en: EN, fr: FR };
