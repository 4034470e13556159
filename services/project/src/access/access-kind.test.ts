import { create } from "@bufbuild/protobuf";
import { durationOf } from "@tessera/contracts/duration.ts";
import { MemberFunction } from "@tessera/contracts/tessera/auth/v1/team_pb.ts";
import { MappingLevel, SystemRole } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import {
  Permission,
  ProjectStatus,
  ProjectTeamSchema,
} from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { accessOf, isVisible, type RuledProject } from "./access.ts";
import { accessKindOf } from "./access-kind.ts";
import type { Viewer } from "./viewer.ts";

/** Few of everything, so that two of them are often alike. */
const ids = fc.integer({ min: 1, max: 2 });
const people = fc.integer({ min: 1, max: 3 }).map(BigInt);
const permissions = fc.constantFrom(
  Permission.ANY,
  Permission.LEVEL,
  Permission.TEAMS,
  Permission.TEAMS_LEVEL,
);
const levels = fc.constantFrom(MappingLevel.BEGINNER, MappingLevel.ADVANCED);

const viewers: fc.Arbitrary<Viewer> = fc.record({
  userId: people,
  systemRole: fc.constantFrom(SystemRole.MAPPER, SystemRole.ADMINISTRATOR),
  mappingLevel: levels,
  managedOrganisationIds: fc.uniqueArray(ids).map((list) => new Set(list)),
  teams: fc.uniqueArray(ids).map((list) => new Map(list.map((id) => [id, MemberFunction.MEMBER]))),
  userRevision: people,
  membershipVersion: people,
});

const teams = fc
  .uniqueArray(fc.tuple(ids, fc.constantFrom(ProjectRole.MAPPER, ProjectRole.VALIDATOR, ProjectRole.MANAGER)))
  .map((list) => list.map(([teamId, role]) => create(ProjectTeamSchema, { teamId, role })));

const projects: fc.Arbitrary<RuledProject> = fc
  .record({
    status: fc.constantFrom(ProjectStatus.DRAFT, ProjectStatus.PUBLISHED, ProjectStatus.ARCHIVED),
    private: fc.boolean(),
    authorUserId: people,
    organisationId: ids,
    teams,
    allowedUserIds: fc.uniqueArray(people),
    mappingPermission: permissions,
    mappingLevel: levels,
    validationPermission: permissions,
    validationLevel: levels,
    licenceId: fc.constantFrom(undefined, 9),
  })
  .map(({ licenceId, ...project }) => ({
    ...project,
    ...(licenceId && { licenceId }),
    projectId: 7,
    lockDuration: durationOf(7_200),
    claimOnly: false,
    revision: 3n,
  }));

/** What is decided, and whether the project is there at all. */
function decided(project: RuledProject, viewer: Viewer, licenceAccepted: boolean) {
  const access = accessOf(project, viewer, licenceAccepted);
  const { role, mapping, validation, management, lockDuration, claimOnly, revision } = access;
  const seen = isVisible(project, viewer);
  return { seen, role, mapping, validation, management, lockDuration, claimOnly, revision };
}

test("an answer that names a kind is the answer to everybody of the kind, but for the one whom it excepts", () => {
  let compared = 0;
  fc.assert(
    fc.property(
      projects,
      viewers,
      viewers,
      fc.boolean(),
      fc.boolean(),
      (project, one, other, itsLicence, others) => {
        const kind = accessKindOf(project, one);
        // The kind of a person is the same in every project.
        const open = { ...project, private: false, authorUserId: 0n };
        delete open.licenceId;
        if (kind.digest === "" || other.userId === kind.exceptUserId) return;
        if (accessKindOf(open, other).digest !== kind.digest) return;
        compared += 1;
        expect(decided(project, other, others)).toEqual(decided(project, one, itsLicence));
      },
    ),
    { numRuns: 5_000 },
  );
  expect(compared).toBeGreaterThan(0);
});

test("a private project, a licence and an author make an answer personal", () => {
  const [project] = fc.sample(projects, 1) as [RuledProject];
  const [viewer] = fc.sample(viewers, 1) as [Viewer];
  const open = { ...project, private: false, authorUserId: viewer.userId + 1n };
  delete open.licenceId;
  expect(accessKindOf(open, viewer)).toMatchObject({ exceptUserId: open.authorUserId });
  expect(accessKindOf({ ...open, private: true }, viewer).digest).toBe("");
  expect(accessKindOf({ ...open, licenceId: 9 }, viewer).digest).toBe("");
  expect(accessKindOf({ ...open, authorUserId: viewer.userId }, viewer).digest).toBe("");
  expect(accessKindOf(open, undefined).digest).toBe("");
});

test("a kind says all that is known of somebody, in any order, but not who it is", () => {
  const [project] = fc.sample(projects, 1) as [RuledProject];
  const open = { ...project, private: false, authorUserId: 0n };
  delete open.licenceId;
  const viewer: Viewer = {
    userId: 1n,
    systemRole: SystemRole.MAPPER,
    mappingLevel: MappingLevel.BEGINNER,
    managedOrganisationIds: new Set([2, 11]),
    teams: new Map([1, 2].map((id) => [id, MemberFunction.MEMBER])),
    userRevision: 1n,
    membershipVersion: 1n,
  };
  const digestOf = (changes: Partial<Viewer>) => accessKindOf(open, { ...viewer, ...changes }).digest;
  const same: Partial<Viewer>[] = [
    { userId: 2n, userRevision: 5n, membershipVersion: 6n },
    { managedOrganisationIds: new Set([11, 2]) },
    { teams: new Map([2, 1].map((id) => [id, MemberFunction.MEMBER])) },
  ];
  const others: Partial<Viewer>[] = [
    { systemRole: SystemRole.ADMINISTRATOR },
    { mappingLevel: MappingLevel.ADVANCED },
    { managedOrganisationIds: new Set([21, 1]) },
    { teams: new Map([[1, MemberFunction.MEMBER]]) },
    { teams: new Map([[12, MemberFunction.MEMBER]]) },
  ];
  expect(new Set(same.map(digestOf))).toEqual(new Set([digestOf({})]));
  expect(new Set([viewer, ...others].map(digestOf)).size).toBe(others.length + 1);
});
