import { catalogue } from "../texts/catalogue.ts";

const EN = {
  title: "Signing keys",
  lead: "They sign the access tokens of everybody. They change by themselves on a schedule; here one is made or revoked by hand.",
  caption: "Signing keys, the newest first",
  kid: "Key",
  state: "State",
  algorithm: "Algorithm",
  made: "Made",
  signsFrom: "Signs from",
  algorithms: { 1: "Ed25519 (EdDSA)", 2: "RSA with SHA-256 (RS256)" },
  usual: "As the settings say",
  rotate: "Make a new key",
  rotateHelp:
    "The new key is published at once and signs some seconds later. Tokens of the key before it stay valid until they expire.",
  revoke: "Revoke",
  revokeConfirm:
    "Revoke this key? Tokens that it signed are refused from then on: everybody who has one gets a new one.",
  revokeHelp:
    "Revoke a key whose private half others may know. The key that signs now is replaced first: make a new one.",
};

const FR: typeof EN = {
  title: "Clés de signature",
  lead: "Elles signent les jetons d’accès de tous. Elles changent d’elles-mêmes selon un calendrier ; ici, on en crée ou révoque une à la main.",
  caption: "Clés de signature, les plus récentes d’abord",
  kid: "Clé",
  state: "État",
  algorithm: "Algorithme",
  made: "Créée",
  signsFrom: "Signe à partir de",
  algorithms: { 1: "Ed25519 (EdDSA)", 2: "RSA avec SHA-256 (RS256)" },
  usual: "Comme le disent les réglages",
  rotate: "Créer une nouvelle clé",
  rotateHelp:
    "La nouvelle clé est publiée aussitôt et signe quelques secondes plus tard. Les jetons de la précédente restent valables jusqu’à leur fin.",
  revoke: "Révoquer",
  revokeConfirm:
    "Révoquer cette clé ? Les jetons qu’elle a signés seront refusés : chacun en reçoit un nouveau.",
  revokeHelp:
    "Révoquez une clé dont d’autres connaissent peut-être la partie privée. Celle qui signe est d’abord à remplacer : créez-en une nouvelle.",
};

export const SIGNING_KEY_TEXTS = catalogue(EN, FR);
