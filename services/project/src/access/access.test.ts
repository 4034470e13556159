import { create } from "@bufbuild/protobuf";
import { durationOf } from "@tessera/contracts/duration.ts";
import { MemberFunction } from "@tessera/contracts/tessera/auth/v1/team_pb.ts";
import { MappingLevel, SystemRole } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import { type Decision, ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import {
  Permission,
  ProjectStatus,
  ProjectTeamSchema,
} from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { Reason } from "@tessera/contracts/tessera/project/v1/reason_pb.ts";
import { describe, expect, test } from "vitest";
import { accessOf, isVisible, mayCreate, type RuledProject, type RuledViewer } from "./access.ts";

const AUTHOR = 70n;
const ALLOWED = 80n;
const ORGANISATION = 5;
/** A team for each role, and one that has none in the project. */
const TEAMS = { MAPPER: 31, VALIDATOR: 32, MANAGER: 33, other: 34 };
const { UNSPECIFIED, VIEWER, MAPPER, VALIDATOR, MANAGER } = ProjectRole;

/**
 * By what somebody stands to the project: the role that a team gives, whether it is managed so, and whether a draft and a
 * private project are there.
 */
const STANDINGS = `
  anonymous         -          no   no   no
  stranger          -          no   no   no
  in-another-team   -          no   no   no
  other-organiser   -          no   no   no
  allowed           -          no   no   yes
  in-mapper-team    MAPPER     no   no   yes
  in-validator-team VALIDATOR  no   no   yes
  in-two-teams      VALIDATOR  no   no   yes
  in-manager-team   MANAGER    yes  yes  yes
  organiser         -          yes  yes  yes
  author            -          yes  yes  yes
  administrator     -          yes  yes  yes
`
  .trim()
  .split("\n")
  .map((line) => {
    const [who, team, manages, draft, hidden] = line.trim().split(/\s+/) as [string, string, ...string[]];
    const role = team === "-" ? UNSPECIFIED : ProjectRole[team as "MAPPER"];
    return { who, role, manages: manages === "yes", draft: draft === "yes", hidden: hidden === "yes" };
  });

const LEVELS = [MappingLevel.BEGINNER, MappingLevel.INTERMEDIATE, MappingLevel.ADVANCED];
const STATUSES = [ProjectStatus.DRAFT, ProjectStatus.PUBLISHED, ProjectStatus.ARCHIVED];
const PERMISSIONS = [Permission.ANY, Permission.LEVEL, Permission.TEAMS, Permission.TEAMS_LEVEL];
const LICENCES = ["none", "accepted", "not accepted"] as const;
const CELLS_PER_STANDING = STATUSES.length * 2 * PERMISSIONS.length * LEVELS.length ** 2 * LICENCES.length;

interface Cell {
  status: ProjectStatus;
  private: boolean;
  permission: Permission;
  asked: MappingLevel;
  level: MappingLevel;
  licence: (typeof LICENCES)[number];
}

function* cells(): Generator<Cell> {
  for (const status of STATUSES)
    for (const isPrivate of [false, true])
      for (const permission of PERMISSIONS)
        for (const asked of LEVELS)
          for (const level of LEVELS)
            for (const licence of LICENCES)
              yield { status, private: isPrivate, permission, asked, level, licence };
}

/** The rules of the domain, in words as plain as they go: the first reason that applies. */
function expected(standing: (typeof STANDINGS)[number], cell: Cell, role: ProjectRole): Reason | undefined {
  if (standing.who === "anonymous") return Reason.SIGN_IN_REQUIRED;
  if (!isThere(standing, cell)) return Reason.PROJECT_NOT_FOUND;
  if (cell.status === ProjectStatus.ARCHIVED) return Reason.PROJECT_ARCHIVED;
  if (cell.licence === "not accepted") return Reason.LICENCE_NOT_ACCEPTED;
  if (standing.manages) return undefined;
  const asks: Partial<Record<Permission, [boolean, boolean]>> = {
    [Permission.ANY]: [false, false],
    [Permission.LEVEL]: [false, true],
    [Permission.TEAMS]: [true, false],
    [Permission.TEAMS_LEVEL]: [true, true],
  };
  const [team, level] = asks[cell.permission] as [boolean, boolean];
  if (team && standing.role < role) return Reason.NOT_IN_TEAM;
  if (level && cell.level < cell.asked) return Reason.LEVEL_TOO_LOW;
  return undefined;
}

function isThere(standing: (typeof STANDINGS)[number], { status, private: isPrivate }: Cell): boolean {
  if (status === ProjectStatus.DRAFT) return standing.draft;
  return !isPrivate || standing.hidden;
}

describe.each(STANDINGS)("$who", (standing) => {
  const all = [...cells()].map((cell) => ({
    cell,
    viewer: viewerOf(standing.who, cell.level),
    accepted: cell.licence === "accepted",
  }));

  test("every cell is looked at", () => {
    expect(all).toHaveLength(CELLS_PER_STANDING);
  });

  test("mapping", () => {
    for (const { cell, viewer, accepted } of all) {
      const project = { ...base(cell), mappingPermission: cell.permission, mappingLevel: cell.asked };
      const { mapping } = accessOf(project, viewer, accepted);
      expect([cell, reasonOf(mapping)]).toEqual([cell, expected(standing, cell, MAPPER)]);
    }
  });

  test("validation", () => {
    for (const { cell, viewer, accepted } of all) {
      const project = { ...base(cell), validationPermission: cell.permission, validationLevel: cell.asked };
      const { validation } = accessOf(project, viewer, accepted);
      expect([cell, reasonOf(validation)]).toEqual([cell, expected(standing, cell, VALIDATOR)]);
    }
  });

  test("management", () => {
    for (const { cell, viewer, accepted } of all) {
      const { management } = accessOf(base(cell), viewer, accepted);
      const absent = isThere(standing, cell) ? Reason.NOT_MANAGER : Reason.PROJECT_NOT_FOUND;
      const refused = standing.who === "anonymous" ? Reason.SIGN_IN_REQUIRED : absent;
      expect([cell, reasonOf(management)]).toEqual([cell, standing.manages ? undefined : refused]);
    }
  });

  test("whether the project is there", () => {
    for (const { cell, viewer } of all)
      expect([cell, isVisible(base(cell), viewer)]).toEqual([cell, isThere(standing, cell)]);
  });
});

test("an obstacle is reported with what is required", () => {
  const viewer = viewerOf("in-mapper-team", MappingLevel.BEGINNER);
  const cell = { ...anyCell(), licence: "not accepted" as const };
  const factsOf = (changes: Partial<RuledProject>, accepted = true) =>
    accessOf({ ...base({ ...cell, licence: "accepted" }), ...changes }, viewer, accepted);
  expect(factsOf({}, false).mapping?.metadata).toEqual({ project_id: "7", licence_id: "9" });
  expect(factsOf({ validationPermission: Permission.TEAMS }).validation?.metadata).toEqual({
    project_id: "7",
    role: "VALIDATOR",
  });
  const asked = { mappingPermission: Permission.TEAMS_LEVEL, mappingLevel: MappingLevel.ADVANCED };
  expect(factsOf(asked).mapping?.metadata).toEqual({
    project_id: "7",
    level: "BEGINNER",
    required_level: "ADVANCED",
  });
});

test("the role is the highest step that is reached with all those below it", () => {
  const roles = (mapping: Partial<RuledProject>, validation: Partial<RuledProject>) =>
    STANDINGS.map(({ who }) => {
      const project = { ...base(anyCell()), ...mapping, ...validation };
      return accessOf(project, viewerOf(who, MappingLevel.INTERMEDIATE), true).role;
    });
  const outside = [VIEWER, VIEWER, VIEWER, VIEWER, VIEWER];
  const managers = [MANAGER, MANAGER, MANAGER, MANAGER];
  const teams = { mappingPermission: Permission.TEAMS };
  const validators = { validationPermission: Permission.TEAMS };
  expect(roles(teams, validators)).toEqual([...outside, MAPPER, VALIDATOR, VALIDATOR, ...managers]);
  const open = { mappingPermission: Permission.ANY };
  const mappers = [VIEWER, MAPPER, MAPPER, MAPPER, MAPPER];
  expect(roles(open, validators)).toEqual([...mappers, MAPPER, VALIDATOR, VALIDATOR, ...managers]);
  const high = { mappingPermission: Permission.LEVEL, mappingLevel: MappingLevel.ADVANCED };
  const anybody = { validationPermission: Permission.ANY };
  expect(roles(high, anybody)).toEqual([...outside, VIEWER, VIEWER, VIEWER, ...managers]);
});

test("an access says at what it was decided", () => {
  const viewer = viewerOf("stranger", MappingLevel.BEGINNER);
  expect(accessOf(base(anyCell()), viewer, false)).toMatchObject({
    projectId: 7,
    userId: 1n,
    revision: 3n,
    userRevision: 11n,
    membershipVersion: 12n,
    lockDuration: durationOf(7_200),
    claimOnly: false,
  });
});

test("projects are created by administrators, and by an organisation's managers for it", () => {
  const level = MappingLevel.BEGINNER;
  const creators = (organisationId?: number) =>
    STANDINGS.filter(({ who }) => mayCreate(viewerOf(who, level), organisationId)).map(({ who }) => who);
  expect(creators()).toEqual(["administrator"]);
  expect(creators(ORGANISATION)).toEqual(["organiser", "administrator"]);
});

function anyCell(): Cell {
  return {
    status: ProjectStatus.PUBLISHED,
    private: false,
    permission: Permission.ANY,
    asked: MappingLevel.BEGINNER,
    level: MappingLevel.BEGINNER,
    licence: "none",
  };
}

function base({
  status,
  private: isPrivate,
  licence,
}: Pick<Cell, "status" | "private" | "licence">): RuledProject {
  const team = (teamId: number, role: ProjectRole) => create(ProjectTeamSchema, { teamId, role });
  return {
    projectId: 7,
    status,
    private: isPrivate,
    authorUserId: AUTHOR,
    organisationId: ORGANISATION,
    teams: [team(TEAMS.MAPPER, MAPPER), team(TEAMS.VALIDATOR, VALIDATOR), team(TEAMS.MANAGER, MANAGER)],
    allowedUserIds: [ALLOWED],
    mappingPermission: Permission.ANY,
    mappingLevel: MappingLevel.INTERMEDIATE,
    validationPermission: Permission.LEVEL,
    validationLevel: MappingLevel.INTERMEDIATE,
    ...(licence !== "none" && { licenceId: 9 }),
    lockDuration: durationOf(7_200),
    claimOnly: false,
    revision: 3n,
  };
}

function viewerOf(who: string, mappingLevel: MappingLevel): RuledViewer {
  if (who === "anonymous") return undefined;
  const userId = { author: AUTHOR, allowed: ALLOWED }[who] ?? 1n;
  const teams =
    {
      "in-another-team": [TEAMS.other],
      "in-mapper-team": [TEAMS.MAPPER, TEAMS.other],
      "in-validator-team": [TEAMS.VALIDATOR],
      "in-two-teams": [TEAMS.VALIDATOR, TEAMS.MAPPER],
      "in-manager-team": [TEAMS.MANAGER],
    }[who] ?? [];
  const organisations = { organiser: [ORGANISATION], "other-organiser": [ORGANISATION + 1] }[who] ?? [];
  return {
    userId,
    systemRole: who === "administrator" ? SystemRole.ADMINISTRATOR : SystemRole.MAPPER,
    mappingLevel,
    managedOrganisationIds: new Set(organisations),
    // What somebody is in a team says nothing about the project: a team's manager maps like its members.
    teams: new Map(teams.map((teamId) => [teamId, MemberFunction.MANAGER])),
    userRevision: 11n,
    membershipVersion: 12n,
  };
}

/** The reason against, if any. */
function reasonOf(decision: Decision | undefined): Reason | undefined {
  if (decision?.permitted !== (decision?.reason === undefined)) throw new Error("yes, with a reason");
  return decision?.reason;
}
