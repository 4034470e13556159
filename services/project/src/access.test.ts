import { MappingLevel, SystemRole } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import { type Decision, ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { Permission, ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { Reason } from "@tessera/contracts/tessera/project/v1/reason_pb.ts";
import { describe, expect, test } from "vitest";
import { accessOf, type RuledProject, type Viewer } from "./access.ts";

const AUTHOR = 70n;

const VIEWERS: Record<string, Viewer> = {
  anonymous: undefined,
  beginner: person(1n, MappingLevel.BEGINNER),
  intermediate: person(2n, MappingLevel.INTERMEDIATE),
  advanced: person(3n, MappingLevel.ADVANCED),
  author: person(AUTHOR, MappingLevel.BEGINNER),
  administrator: { ...person(4n, MappingLevel.BEGINNER), systemRole: SystemRole.ADMINISTRATOR },
};

/** What is asked for a kind of work, in the order of the columns below. */
const ASKED: [Permission, MappingLevel][] = [
  [Permission.ANY, MappingLevel.ADVANCED],
  [Permission.LEVEL, MappingLevel.BEGINNER],
  [Permission.LEVEL, MappingLevel.INTERMEDIATE],
  [Permission.LEVEL, MappingLevel.ADVANCED],
];

/** For each status and viewer: work where ANY, BEGINNER, INTERMEDIATE, ADVANCED is asked for, then management. */
const EXPECTED = `
  DRAFT      anonymous      sign-in  sign-in  sign-in  sign-in   sign-in
  DRAFT      beginner       absent   absent   absent   absent    absent
  DRAFT      intermediate   absent   absent   absent   absent    absent
  DRAFT      advanced       absent   absent   absent   absent    absent
  DRAFT      author         yes      yes      yes      yes       yes
  DRAFT      administrator  yes      yes      yes      yes       yes
  PUBLISHED  anonymous      sign-in  sign-in  sign-in  sign-in   sign-in
  PUBLISHED  beginner       yes      yes      level    level     manager
  PUBLISHED  intermediate   yes      yes      yes      level     manager
  PUBLISHED  advanced       yes      yes      yes      yes       manager
  PUBLISHED  author         yes      yes      yes      yes       yes
  PUBLISHED  administrator  yes      yes      yes      yes       yes
  ARCHIVED   anonymous      sign-in  sign-in  sign-in  sign-in   sign-in
  ARCHIVED   beginner       archived archived archived archived  manager
  ARCHIVED   intermediate   archived archived archived archived  manager
  ARCHIVED   advanced       archived archived archived archived  manager
  ARCHIVED   author         archived archived archived archived  yes
  ARCHIVED   administrator  archived archived archived archived  yes
`;

const REASONS: Record<string, Reason> = {
  yes: Reason.UNSPECIFIED,
  "sign-in": Reason.SIGN_IN_REQUIRED,
  absent: Reason.PROJECT_NOT_FOUND,
  archived: Reason.PROJECT_ARCHIVED,
  level: Reason.LEVEL_TOO_LOW,
  manager: Reason.NOT_MANAGER,
};

const CELLS = EXPECTED.trim()
  .split("\n")
  .flatMap((line) => {
    const [status, viewer, ...cells] = line.trim().split(/\s+/) as [
      keyof typeof ProjectStatus,
      string,
      ...string[],
    ];
    const management = cells[ASKED.length] as string;
    return ASKED.map((asked, column) => ({
      status,
      viewer,
      asked,
      work: cells[column] as string,
      management,
    }));
  });

describe.each(CELLS)("$status, $viewer, asked for $asked", ({ status, viewer, asked, work, management }) => {
  const [permission, level] = asked;

  test(`mapping: ${work}`, () => {
    const project = { ...base(status), mappingPermission: permission, mappingLevel: level };
    expect(reasonOf(accessOf(project, VIEWERS[viewer]).mapping)).toBe(REASONS[work]);
  });

  test(`validation: ${work}`, () => {
    const project = { ...base(status), validationPermission: permission, validationLevel: level };
    expect(reasonOf(accessOf(project, VIEWERS[viewer]).validation)).toBe(REASONS[work]);
  });

  test(`management: ${management}`, () => {
    const project = { ...base(status), mappingPermission: permission, mappingLevel: level };
    expect(reasonOf(accessOf(project, VIEWERS[viewer]).management)).toBe(REASONS[management]);
  });
});

test("each cell of the table is there", () => {
  expect(CELLS).toHaveLength(3 * Object.keys(VIEWERS).length * ASKED.length);
});

test("a level that is too low is named beside the one that is asked for", () => {
  const project = {
    ...base("PUBLISHED"),
    mappingPermission: Permission.LEVEL,
    mappingLevel: MappingLevel.ADVANCED,
  };
  expect(accessOf(project, VIEWERS.beginner).mapping?.metadata).toEqual({
    project_id: "7",
    level: "BEGINNER",
    required_level: "ADVANCED",
  });
});

test("the role is the highest step that is reached with all those below it", () => {
  const { VIEWER, MAPPER, VALIDATOR, MANAGER } = ProjectRole;
  const roles = (mapping: MappingLevel, validation: MappingLevel) => {
    const project = {
      ...base("PUBLISHED"),
      mappingPermission: Permission.LEVEL,
      mappingLevel: mapping,
      validationPermission: Permission.LEVEL,
      validationLevel: validation,
    };
    return Object.values(VIEWERS).map((viewer) => accessOf(project, viewer).role);
  };
  const { BEGINNER, INTERMEDIATE, ADVANCED } = MappingLevel;
  expect(roles(INTERMEDIATE, ADVANCED)).toEqual([VIEWER, VIEWER, MAPPER, VALIDATOR, MANAGER, MANAGER]);
  expect(roles(ADVANCED, BEGINNER)).toEqual([VIEWER, VIEWER, VIEWER, VALIDATOR, MANAGER, MANAGER]);
});

function base(status: keyof typeof ProjectStatus): RuledProject {
  return {
    projectId: 7,
    status: ProjectStatus[status],
    authorUserId: AUTHOR,
    mappingPermission: Permission.ANY,
    mappingLevel: MappingLevel.INTERMEDIATE,
    validationPermission: Permission.LEVEL,
    validationLevel: MappingLevel.INTERMEDIATE,
    lockSeconds: 7_200,
    revision: 3n,
  };
}

function person(userId: bigint, mappingLevel: MappingLevel) {
  return { userId, systemRole: SystemRole.MAPPER as SystemRole, mappingLevel };
}

/** The reason against, and UNSPECIFIED for yes. */
function reasonOf(decision: Decision | undefined): Reason | undefined {
  expect(decision?.permitted).toBe(decision?.reason === Reason.UNSPECIFIED);
  return decision?.reason;
}
