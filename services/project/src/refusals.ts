import {
  Reason as AuthReason,
  ReasonSchema as AuthReasonSchema,
} from "@tessera/contracts/tessera/auth/v1/reason_pb.ts";
import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/project/v1/reason_pb.ts";
import {
  Reason as RpcReason,
  ReasonSchema as RpcReasonSchema,
} from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import type { GeometryFault, Point } from "@tessera/geometry/areas/geometry-fault.ts";
import { type Refusal, refusals } from "@tessera/rpc/refusal.ts";

const refuse = refusals(ReasonSchema);
const refuseInWordsOfAuth = refusals(AuthReasonSchema);
const refuseInWordsOfRpc = refusals(RpcReasonSchema);

/** There is no such project, or the caller may not see it: the answer is the same. */
export function projectNotFound(projectId: number): Refusal {
  return refuse(Reason.PROJECT_NOT_FOUND, { metadata: { project_id: String(projectId) } });
}

export function creationNotPermitted(): Refusal {
  return refuse(Reason.CREATION_NOT_PERMITTED);
}

export function notManager(projectId: number): Refusal {
  return refuse(Reason.NOT_MANAGER, { metadata: { project_id: String(projectId) } });
}

export function areaTooLarge(
  unit: "vertices" | "square_kilometres",
  value: number,
  limit: number,
  field = "project.area",
): Refusal {
  return refuse(Reason.AREA_TOO_LARGE, {
    metadata: { unit, value: String(value), limit: String(limit) },
    violations: [{ field, description: `at most ${limit} ${unit}`, rule: `area.${unit}` }],
  });
}

/** The part that breaks the rule is named by a JSON pointer into the area as GeoJSON. */
export function areaInvalid({ rule, path, point, message }: GeometryFault, field = "project.area"): Refusal {
  const where = path === "" ? "" : ` (${path})`;
  return refuse(Reason.AREA_INVALID, {
    metadata: {
      rule,
      ...(point && { longitude: String(point.longitude), latitude: String(point.latitude) }),
    },
    violations: [{ field, description: `${message}${where}`, rule }],
    detail: `${message}${where}`,
  });
}

export function priorityAreasOutside(point: Point | undefined): Refusal {
  return refuse(Reason.PRIORITY_AREAS_OUTSIDE, {
    ...(point && {
      metadata: { longitude: String(point.longitude), latitude: String(point.latitude) },
    }),
    violations: [
      {
        field: "project.priority_areas",
        description: "The priority areas must lie in the area of interest.",
        rule: "outside",
      },
    ],
  });
}

export function projectChanged(expectedRevision: bigint, revision: bigint): Refusal {
  return refuse(Reason.PROJECT_CHANGED, {
    metadata: { expected_revision: String(expectedRevision), revision: String(revision) },
  });
}

export function statusNotReachable(from: ProjectStatus, to: ProjectStatus): Refusal {
  return refuse(Reason.STATUS_NOT_REACHABLE, { metadata: { from: nameOf(from), to: nameOf(to) } });
}

/** The metadata describe the first kind of work; the fields list all. */
export function nobodyPermitted(closed: readonly { field: string; role: ProjectRole }[]): Refusal {
  const [first] = closed;
  return refuse(Reason.NOBODY_PERMITTED, {
    metadata: { permission: first?.field ?? "", role: roleName(first?.role) },
    violations: closed.map(({ field, role }) => ({
      field: `project.${field}`,
      description: `no team has the role ${roleName(role)} or a higher one`,
      rule: "permission.team",
    })),
  });
}

export function positionInvalid(): Refusal {
  return refuseInWordsOfRpc(RpcReason.POSITION_INVALID);
}

export function pageTokenInvalid(): Refusal {
  return refuseInWordsOfRpc(RpcReason.PAGE_TOKEN_INVALID);
}

function roleName(role: ProjectRole | undefined): string {
  return Object.entries(ProjectRole).find(([, value]) => value === role)?.[0] ?? "";
}

function nameOf(status: ProjectStatus): string {
  return Object.entries(ProjectStatus).find(([, value]) => value === status)?.[0] ?? String(status);
}

export function notAdministrator(): Refusal {
  return refuseInWordsOfAuth(AuthReason.NOT_ADMINISTRATOR);
}
