import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import {
  Permission,
  ProjectSchema,
  ProjectStatus,
  type ProjectTeam,
} from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { Refusal } from "@tessera/rpc/refusal.ts";
import { describe, expect, test } from "vitest";
import { square } from "../testing/system.ts";
import { change } from "./project.ts";
import { newSettings } from "./settings.ts";

type Init = MessageInitShape<typeof ProjectSchema>;

const project = (fields: Init = {}) =>
  create(ProjectSchema, { name: "Escuintla", area: square(), ...fields });
const settings = () => newSettings(project());

const refusalOf = (work: () => unknown): Refusal => {
  try {
    work();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error("nothing was refused");
};
test("a change that was made from another revision is refused before anything else", () => {
  const current = { ...settings(), revision: 4n };
  const refusal = refusalOf(() => change(current, { status: ProjectStatus.ARCHIVED }, 3n));
  expect(refusal.reason.name).toBe("PROJECT_CHANGED");
  expect(refusal.metadata).toEqual({ expected_revision: "3", revision: "4" });
});

describe("from one status to another", () => {
  const { DRAFT, PUBLISHED, ARCHIVED } = ProjectStatus;
  const names = { [DRAFT]: "DRAFT", [PUBLISHED]: "PUBLISHED", [ARCHIVED]: "ARCHIVED" };
  const reachable = {
    [DRAFT]: [DRAFT, PUBLISHED],
    [PUBLISHED]: [DRAFT, PUBLISHED, ARCHIVED],
    [ARCHIVED]: [PUBLISHED, ARCHIVED],
  };
  const all = [DRAFT, PUBLISHED, ARCHIVED] as const;
  test.each(all.flatMap((from) => all.map((to) => [names[from], names[to], from, to] as const)))(
    "%s to %s",
    (fromName, toName, from, to) => {
      const current = { ...settings(), status: from, revision: 1n };
      const attempt = () => change(current, { status: to }, 1n);
      if ((reachable[from] as readonly ProjectStatus[]).includes(to)) {
        expect(attempt().status).toBe(to);
      } else {
        const refusal = refusalOf(attempt);
        expect(refusal.reason.name).toBe("STATUS_NOT_REACHABLE");
        expect(refusal.metadata).toEqual({ from: fromName, to: toName });
      }
    },
  );
});

test("what the patch leaves out stays as it was", () => {
  const current = { ...settings(), status: ProjectStatus.ARCHIVED as ProjectStatus, revision: 1n };
  expect(change(current, { name: "Retalhuleu" }, 1n)).toEqual({ ...current, name: "Retalhuleu" });
});

test("a repeated value that arises only with kept fields is reported at the change", () => {
  const current = {
    ...newSettings(project({ translations: [{ language: "fr" }, { language: "es" }] })),
    revision: 1n,
  };
  const refusal = refusalOf(() => change(current, { defaultLanguage: "es" }, 1n));
  expect(refusal.reason.name).toBe("FIELD_INVALID");
  expect(refusal.violations.map(({ field, rule }) => `${field} ${rule}`)).toEqual([
    "project.translations[1].language language.default",
  ]);
});

describe("work for teams of which none has the role", () => {
  const { DRAFT, PUBLISHED, ARCHIVED } = ProjectStatus;
  const { ANY, LEVEL, TEAMS, TEAMS_LEVEL } = Permission;
  const team = (role: ProjectRole) => [{ teamId: 7, role }] as ProjectTeam[];
  const [mappers, validators] = [team(ProjectRole.MAPPER), team(ProjectRole.VALIDATOR)];
  const current = (fields: Partial<ReturnType<typeof settings>>) => ({
    ...settings(),
    ...fields,
    revision: 1n,
  });
  const closedBy = (work: () => unknown) => {
    const { reason, violations } = refusalOf(work);
    return [reason.name, ...violations.map(({ field }) => field)];
  };
  const MAPPING = "project.mapping_permission";
  const VALIDATION = "project.validation_permission";

  test.each([
    [{ mappingPermission: TEAMS }, [], [MAPPING]],
    [{ mappingPermission: TEAMS_LEVEL }, [], [MAPPING]],
    [{ mappingPermission: TEAMS }, mappers, undefined],
    [{ mappingPermission: TEAMS }, validators, undefined],
    [{ validationPermission: TEAMS }, mappers, [VALIDATION]],
    [{ validationPermission: TEAMS_LEVEL }, validators, undefined],
    [{ validationPermission: TEAMS }, team(ProjectRole.MANAGER), undefined],
    [{ mappingPermission: TEAMS, validationPermission: TEAMS }, [], [MAPPING, VALIDATION]],
    [{ mappingPermission: ANY, validationPermission: LEVEL }, [], undefined],
  ])("%j with teams %j is published or refused", (permissions, teams, fields) => {
    for (const from of [DRAFT, ARCHIVED]) {
      const publish = () =>
        change(current({ ...permissions, teams, status: from }), { status: PUBLISHED }, 1n);
      if (fields === undefined) expect(publish().status).toBe(PUBLISHED);
      else expect(closedBy(publish)).toEqual(["NOBODY_PERMITTED", ...fields]);
    }
  });

  test("a published project is not changed so, and a draft or an archived one is", () => {
    const changes = [
      [{ teams: mappers, mappingPermission: TEAMS }, { teams: [] }],
      [{ teams: [] }, { mappingPermission: TEAMS_LEVEL }],
    ] as const;
    for (const [before, patch] of changes) {
      const fields = { ...before, teams: [...before.teams] };
      const asked = { ...patch } as Partial<ReturnType<typeof settings>>;
      expect(closedBy(() => change(current({ ...fields, status: PUBLISHED }), asked, 1n))).toEqual([
        "NOBODY_PERMITTED",
        MAPPING,
      ]);
      for (const status of [DRAFT, ARCHIVED]) change(current({ ...fields, status }), asked, 1n);
      change(current({ ...fields, status: PUBLISHED }), { ...asked, status: DRAFT }, 1n);
    }
  });

  test("one whose last team was deleted can be renamed, and not closed further", () => {
    const left = { mappingPermission: TEAMS, teams: [], status: PUBLISHED };
    expect(change(current(left), { name: "Palín" }, 1n).name).toBe("Palín");
    expect(closedBy(() => change(current(left), { validationPermission: TEAMS }, 1n))).toEqual([
      "NOBODY_PERMITTED",
      VALIDATION,
    ]);
  });
});
