import { catalogue } from "../texts/catalogue.ts";

const EN = {
  title: "Administration",
  lead: "Roles, levels and blocks are set on the page of each person.",
  peopleTitle: "People",
  happened: "What happened",
  programs: "Programs and keys",
  groups: "Groups and licences",
  people: "All people",
  administrators: "Administrators",
  blocked: "Blocked people",
  deletions: "Deleted people",
  deletionsHelp: "How far their deletion is, service by service.",
  serviceAccounts: "Service accounts",
  signingKeys: "Signing keys",
  auditLog: "Audit log",
  auditHelp: "Every sign-in and every change of permissions.",
  serviceAccountsHelp: "The identities of programs, and their public keys.",
  signingKeysHelp: "They sign the access tokens of everybody.",
  licences: "Licences",
  organisations: "Organisations",
  teams: "Teams",
};

const FR: typeof EN = {
  title: "Administration",
  lead: "Les rôles, niveaux et blocages se règlent sur la page de chaque personne.",
  peopleTitle: "Personnes",
  happened: "Ce qui s’est passé",
  programs: "Programmes et clés",
  groups: "Groupes et licences",
  people: "Toutes les personnes",
  administrators: "Administrateurs",
  blocked: "Personnes bloquées",
  deletions: "Personnes supprimées",
  deletionsHelp: "Où en est leur suppression, service par service.",
  serviceAccounts: "Comptes de service",
  signingKeys: "Clés de signature",
  auditLog: "Journal",
  auditHelp: "Chaque connexion et chaque changement de droits.",
  serviceAccountsHelp: "Les identités des programmes et leurs clés publiques.",
  signingKeysHelp: "Elles signent les jetons d’accès de tous.",
  licences: "Licences",
  organisations: "Organisations",
  teams: "Équipes",
};

export const ADMINISTRATION_TEXTS = catalogue(EN, FR);
