import { isFieldSet } from "@bufbuild/protobuf";
import { type Licence, LicenceSchema } from "@tessera/contracts/tessera/project/v1/licence_pb.ts";
import type { FieldViolation } from "@tessera/rpc/refusal.ts";
import { fieldInvalid } from "@tessera/rpc/validation/validation.ts";
import { licenceChanged } from "./refusals.ts";

/** What somebody may set of a licence. */
export type LicenceSettings = { [Name in "name" | "description" | "plainText"]: string };

const SETTINGS: readonly (keyof LicenceSettings)[] = ["name", "description", "plainText"];

/** Reads what is to be created. Refuses FIELD_INVALID with everything that is wrong. */
export function newLicence(licence: Licence): LicenceSettings {
  const settings = settingsOf(licence);
  const outputOnly = LicenceSchema.fields.filter(
    (field) => !(field.localName in settings) && isFieldSet(licence, field),
  );
  refuse([
    ...outputOnly.map((field) => violation(field.name, "is set by the service", "output_only")),
    ...faultsIn(settings),
  ]);
  return settings;
}

/** Reads what is to be changed: the fields that `paths` name. Refuses FIELD_INVALID with everything that is wrong. */
export function readLicencePatch(licence: Licence, paths: readonly string[]): Partial<LicenceSettings> {
  const named = SETTINGS.filter((name) =>
    paths.some((path) => LicenceSchema.fields.find((it) => it.name === path)?.localName === name),
  );
  const settings = settingsOf(licence);
  const patch = Object.fromEntries(named.map((name) => [name, settings[name]])) as Partial<LicenceSettings>;
  refuse(faultsIn(patch));
  return patch;
}

/** Changes a licence. Refuses LICENCE_CHANGED. */
export function changeLicence(
  licence: Licence,
  patch: Partial<LicenceSettings>,
  expectedRevision: bigint,
): LicenceSettings {
  if (licence.revision !== expectedRevision) throw licenceChanged(expectedRevision, licence.revision);
  return { ...settingsOf(licence), ...patch };
}

function settingsOf({ name, description = "", plainText = "" }: Licence): LicenceSettings {
  return { name, description, plainText };
}

function faultsIn({ name, plainText }: Partial<LicenceSettings>): FieldViolation[] {
  const violations: FieldViolation[] = [];
  if (name === "") violations.push(violation("name", "is required", "required"));
  if (plainText === "") violations.push(violation("plain_text", "is required", "required"));
  return violations;
}

function violation(field: string, description: string, rule: string): FieldViolation {
  return { field: `licence.${field}`, description, rule };
}

function refuse(violations: FieldViolation[]): void {
  if (violations.length > 0) throw fieldInvalid(violations);
}
