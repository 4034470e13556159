import { create } from "@bufbuild/protobuf";
import { AccessSchema } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { expect, test } from "vitest";
import { projectTabs, statusMark } from "./project-tabs.ts";

const [yes, no] = [{ permitted: true }, { permitted: false }];
const linksOf = (text: unknown) => [...String(text).matchAll(/href="([^"]+)"/g)].map((it) => it[1]);

test("a visitor is led to the pages that everybody may read", () => {
  const access = create(AccessSchema, { mapping: no, validation: no, management: no });
  expect(linksOf(projectTabs({ language: "en" }, { projectId: 7, access }, "overview"))).toEqual([
    "/v1/projects/7",
    "/v1/projects/7/tasks",
    "/v1/projects/7/task-events",
    "/v1/projects/7/contributors",
  ]);
});

test("validators and managers are led to their pages as well, and the current one is marked", () => {
  const access = create(AccessSchema, { mapping: yes, validation: yes, management: yes });
  const tabs = projectTabs({ language: "fr" }, { projectId: 7, access }, "settings");
  expect(linksOf(tabs)).toContain("/console/projects/7/validation");
  expect(String(tabs)).toContain('<a href="/console/projects/7/settings" aria-current="page">Réglages</a>');
});

test("drafts and archived projects are marked, open ones are not", () => {
  expect(String(statusMark({ language: "en" }, ProjectStatus.DRAFT))).toContain("Draft");
  expect(String(statusMark({ language: "en" }, ProjectStatus.ARCHIVED))).toContain("Archived");
  expect(statusMark({ language: "en" }, ProjectStatus.PUBLISHED)).toBe("");
});
