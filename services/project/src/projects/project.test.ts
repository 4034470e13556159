import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { ProjectSchema, ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
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

test("what is said twice only together with what stays is told when it comes to changing", () => {
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
