import { create, equals } from "@bufbuild/protobuf";
import { ProjectEventKind } from "@tessera/contracts/tessera/project/v1/project_event_pb.ts";
import {
  type Project,
  ProjectSchema,
  ProjectStatus,
} from "@tessera/contracts/tessera/project/v1/project_pb.ts";

/** The result of a change of a project, as its history records it. */
export interface ProjectChange {
  kind: ProjectEventKind;
  /** In the words of the contract, in alphabetical order. */
  fields: string[];
  accessChanged: boolean;
}

type Changeable = Partial<Omit<Project, "$typeName" | "$unknown">>;
type Field = keyof Changeable;

/** On what it depends who may see a project, and what somebody may do in it. */
const ACCESS: readonly Field[] = [
  "status",
  "mappingPermission",
  "mappingLevel",
  "validationPermission",
  "validationLevel",
  "lockDuration",
  "claimOnly",
  "licenceId",
  "organisationId",
  "authorUserId",
  "private",
  "allowedUserIds",
  "teams",
];

/** The kind of an event by what it changed, the first that applies. */
const KINDS: readonly [ProjectEventKind, readonly Field[]][] = [
  [ProjectEventKind.AREA_CHANGED, ["area"]],
  [ProjectEventKind.TRANSFERRED, ["organisationId", "authorUserId"]],
  [ProjectEventKind.FEATURED, ["featured"]],
  [ProjectEventKind.ACCESS_CHANGED, ACCESS],
];

const BY_STATUS: Partial<Record<ProjectStatus, ProjectEventKind>> = {
  [ProjectStatus.DRAFT]: ProjectEventKind.DRAFTED,
  [ProjectStatus.PUBLISHED]: ProjectEventKind.PUBLISHED,
  [ProjectStatus.ARCHIVED]: ProjectEventKind.ARCHIVED,
};

/** What a change from `before`, which has all fields of `patch`, comes to: those fields of `patch` that have other values, and the kind of it all. */
export function projectChange(before: Changeable, patch: Changeable): ProjectChange {
  const changed = (Object.keys(patch) as Field[]).filter((field) => differs(field, before, patch));
  const statusKind = changed.includes("status") ? kindOfStatus(before.status, patch.status) : undefined;
  const [kind] = KINDS.find(([, fields]) => fields.some((it) => changed.includes(it))) ?? [
    ProjectEventKind.CHANGED,
  ];
  return {
    kind: statusKind ?? kind,
    fields: changed.map(nameOf).sort(),
    accessChanged: changed.some((field) => ACCESS.includes(field)),
  };
}

function kindOfStatus(
  from: ProjectStatus | undefined,
  to: ProjectStatus | undefined,
): ProjectEventKind | undefined {
  if (from === ProjectStatus.ARCHIVED && to === ProjectStatus.PUBLISHED) return ProjectEventKind.REOPENED;
  return to === undefined ? undefined : BY_STATUS[to];
}

function nameOf(field: Field): string {
  return ProjectSchema.fields.find((it) => it.localName === field)?.name ?? field;
}

/** Whether a field has another value; messages are compared by what they say. */
function differs(field: Field, before: Changeable, after: Changeable): boolean {
  // A setting without a value is absent in a project, and empty or 0 in a patch.
  const only = (of: Changeable) => create(ProjectSchema, { [field]: of[field] || undefined });
  return !equals(ProjectSchema, only(before), only(after));
}
