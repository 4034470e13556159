import { catalogue } from "../texts/catalogue.ts";

const EN = {
  title: "Administration",
  lead: "Roles, levels and blocks are set on the page of each person.",
  people: "People",
  administrators: "Administrators",
  blocked: "Blocked people",
  serviceAccounts: "Service accounts",
  signingKeys: "Signing keys",
  auditLog: "Audit log",
  licences: "Licences",
  organisations: "Organisations",
};

const FR: typeof EN = {
  title: "Administration",
  lead: "Les rôles, niveaux et blocages se règlent sur la page de chaque personne.",
  people: "Personnes",
  administrators: "Administrateurs",
  blocked: "Personnes bloquées",
  serviceAccounts: "Comptes de service",
  signingKeys: "Clés de signature",
  auditLog: "Journal",
  licences: "Licences",
  organisations: "Organisations",
};

export const ADMINISTRATION_TEXTS = catalogue(EN, FR);
