import { type Organisation, OrganisationSchema } from "@tessera/contracts/tessera/auth/v1/organisation_pb.ts";
import type { FieldViolation } from "@tessera/rpc/refusal.ts";
import { fieldInvalid, required } from "@tessera/rpc/validation/validation.ts";
import { namedSettings, newSettings } from "../settings.ts";
import { admissible, type Candidate } from "../users/candidate.ts";
import { userNotFound } from "../users/refusals.ts";

import {
  lastManager,
  notOrganisationManager,
  organisationChanged,
  organisationHasTeams,
  organisationManagerLimitReached,
  organisationManagerNotFound,
  organisationNameTaken,
  organisationNotFound,
  organisationSlugTaken,
} from "./refusals.ts";

/** The most managers of an organisation. */
export const ORGANISATION_MANAGERS_MAX = 100;
const SLUG_MAX = 60;
const SLUG = /^[a-z0-9]+(-[a-z0-9]+)*$/;

const DEFAULTS = { name: "", slug: "", description: "", url: "", logoUrl: "" };

/** What a caller may set and change of an organisation. */
export type OrganisationSettings = typeof DEFAULTS;

/** An organisation, and what the caller is to it. */
export interface KnownOrganisation {
  organisation: Organisation;
  administrator: boolean;
  manager: boolean;
}

/** Reads what is to be created. Refuses FIELD_INVALID with everything that is wrong. */
export function newOrganisation(organisation: Organisation): OrganisationSettings {
  const { settings, faults } = newSettings(OrganisationSchema, organisation, "organisation", DEFAULTS);
  faults.push(...faultsIn(settings));
  if (faults.length > 0) throw fieldInvalid(faults);
  return withSlug(settings);
}

/** Reads what is to be changed. Refuses FIELD_INVALID with everything that is wrong. */
export function readOrganisationPatch(
  organisation: Organisation,
  paths: readonly string[],
): Partial<OrganisationSettings> {
  const { settings, faults } = namedSettings(OrganisationSchema, organisation, paths, DEFAULTS);
  faults.push(...faultsIn(settings));
  if (faults.length > 0) throw fieldInvalid(faults);
  return settings;
}

/** Changes an organisation. Refuses in this order: those of managedOrganisation, ORGANISATION_CHANGED. */
export function changeOrganisation(
  found: KnownOrganisation | undefined,
  organisationId: number,
  patch: Partial<OrganisationSettings>,
  expectedRevision: bigint,
): OrganisationSettings {
  const { organisation } = managedOrganisation(found, organisationId);
  const { revision } = organisation;
  if (revision !== expectedRevision) throw organisationChanged(expectedRevision, revision);
  const { url = "", logoUrl = "" } = organisation;
  return withSlug({ ...organisation, url, logoUrl, ...patch });
}

/** Refuses what another organisation has: ORGANISATION_NAME_TAKEN or ORGANISATION_SLUG_TAKEN. */
export function refuseNamesake(
  { name, slug }: OrganisationSettings,
  taken: "name" | "slug" | undefined,
): void {
  if (taken === "name") throw organisationNameTaken(name);
  if (taken === "slug") throw organisationSlugTaken(slug);
}

/** Refuses in this order: ORGANISATION_NOT_FOUND, NOT_ORGANISATION_MANAGER. */
export function managedOrganisation(
  found: KnownOrganisation | undefined,
  organisationId: number,
): KnownOrganisation {
  if (found === undefined) throw organisationNotFound(organisationId);
  if (!found.manager && !found.administrator) throw notOrganisationManager(organisationId);
  return found;
}

/** Refuses in this order: those of managedOrganisation, ORGANISATION_HAS_TEAMS. */
export function mayDelete(
  found: KnownOrganisation | undefined,
  organisationId: number,
  teams: number,
): KnownOrganisation {
  const it = managedOrganisation(found, organisationId);
  if (teams > 0) throw organisationHasTeams(organisationId);
  return it;
}

/**
 * Whether the person becomes a manager by this: false for who is one. Refuses in this order: those of managedOrganisation,
 * USER_NOT_FOUND, USER_NOT_ADMISSIBLE, ORGANISATION_MANAGER_LIMIT_REACHED.
 */
export function addManager(
  found: KnownOrganisation | undefined,
  organisationId: number,
  person: Candidate & { manages: boolean },
  managers: number,
): boolean {
  managedOrganisation(found, organisationId);
  if (!person.exists) throw userNotFound(person.userId);
  if (person.manages) return false;
  admissible(person);
  if (managers >= ORGANISATION_MANAGERS_MAX) throw organisationManagerLimitReached(ORGANISATION_MANAGERS_MAX);
  return true;
}

/** Refuses in this order: those of managedOrganisation, ORGANISATION_MANAGER_NOT_FOUND, LAST_MANAGER. */
export function removeManager(
  found: KnownOrganisation | undefined,
  organisationId: number,
  person: { userId: bigint; manages: boolean },
  managers: number,
): void {
  managedOrganisation(found, organisationId);
  if (!person.manages) throw organisationManagerNotFound(organisationId, person.userId);
  if (managers <= 1) throw lastManager(person.userId);
}

/** A slug made of a name; empty where the name has no letter that a slug may have. */
export function slugOf(name: string): string {
  const letters = name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const slug = letters.replace(/[^a-z0-9]+/g, "-").slice(0, SLUG_MAX);
  return slug.replace(/^-|-$/g, "");
}

function withSlug(settings: OrganisationSettings): OrganisationSettings {
  const slug = settings.slug || slugOf(settings.name);
  if (slug === "")
    throw fieldInvalid([fault("slug", "cannot be made of this name and must be given", "slug.required")]);
  return { ...settings, slug };
}

function faultsIn({ name, slug, url, logoUrl }: Partial<OrganisationSettings>): FieldViolation[] {
  const faults = name === "" ? [required("organisation.name")] : [];
  if (slug && !SLUG.test(slug))
    faults.push(fault("slug", "has hyphens at an end or side by side", "slug.hyphens"));
  for (const [field, it] of Object.entries({ url, logo_url: logoUrl })) {
    if (it && !isWebAddress(it)) faults.push(fault(field, "is not an http or https URL", "url.http"));
  }
  return faults;
}

function isWebAddress(url: string): boolean {
  return /^https?:\/\//i.test(url) && URL.canParse(url);
}

function fault(field: string, description: string, rule: string): FieldViolation {
  return { field: `organisation.${field}`, description, rule };
}
