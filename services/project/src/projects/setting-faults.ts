import type { Timestamp } from "@bufbuild/protobuf/wkt";
import type { ProjectTeam, ProjectText } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import type { FieldViolation } from "@tessera/rpc/refusal.ts";
import type { Settings } from "./settings.ts";

/** When work may be wanted by. */
const DUE_FROM_SECONDS = BigInt(Date.UTC(2000, 0) / 1_000);
const DUE_BEFORE_SECONDS = BigInt(Date.UTC(2200, 0) / 1_000);
const NANOS_PER_SECOND = 1_000_000_000;

/** What is wrong with settings, each by itself, beyond what the contract's rules of fields say. */
export function faultsIn(settings: Partial<Settings>): FieldViolation[] {
  const { name, defaultLanguage, translations, dueTime, teams } = settings;
  return [
    ...(name === "" ? [violation("name", "is required", "required")] : []),
    ...(defaultLanguage === undefined ? [] : languageFaults("default_language", defaultLanguage)),
    ...translationFaults(translations ?? []),
    ...(dueTime === undefined ? [] : dueFaults(dueTime)),
    ...teamFaults(teams ?? []),
  ];
}

/** What is wrong with settings of a project as they stand beside each other. */
export function clashesIn({
  defaultLanguage,
  translations,
}: Pick<Settings, "defaultLanguage" | "translations">) {
  return translations.flatMap(({ language }, index) =>
    language === defaultLanguage
      ? [violation(`translations[${index}].language`, "is the default language", "language.default")]
      : [],
  );
}

/** A rule that a field of a project breaks, by the field's path in it. */
export function violation(field: string, description: string, rule: string): FieldViolation {
  return { field: `project.${field}`, description, rule };
}

function languageFaults(field: string, language: string): FieldViolation[] {
  const canonical = canonicalOf(language);
  if (canonical === language) return [];
  if (canonical === undefined) return [violation(field, "is no language of BCP 47", "language.unknown")];
  return [violation(field, `is written ${canonical}`, "language.canonical")];
}

function canonicalOf(language: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(language)[0];
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function translationFaults(translations: readonly ProjectText[]): FieldViolation[] {
  const seen = new Set<string>();
  return translations.flatMap(({ language }, index) => {
    const field = `translations[${index}].language`;
    const faults = languageFaults(field, language);
    if (seen.has(language)) faults.unshift(violation(field, "is there twice", "language.unique"));
    seen.add(language);
    return faults;
  });
}

function dueFaults({ seconds, nanos }: Timestamp): FieldViolation[] {
  const sane =
    seconds >= DUE_FROM_SECONDS && seconds < DUE_BEFORE_SECONDS && nanos >= 0 && nanos < NANOS_PER_SECOND;
  return sane ? [] : [violation("due_time", "is not in the years 2000 to 2199", "due_time.range")];
}

function teamFaults(teams: readonly ProjectTeam[]): FieldViolation[] {
  const seen = new Set<number>();
  return teams.flatMap(({ teamId }, index) => {
    const twice = seen.has(teamId);
    seen.add(teamId);
    return twice ? [violation(`teams[${index}].team_id`, "is there twice", "team_id.unique")] : [];
  });
}
