import { randomUUID } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import { ListFavouritesRequestSchema } from "@tessera/contracts/tessera/project/v1/favourite_service_pb.ts";
import { ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { pageToken } from "@tessera/rpc/page-token.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { PersonName } from "../testing/auth.ts";
import { refusalOf, type TestSystem, testSystem } from "../testing/system.ts";

const { DRAFT, PUBLISHED } = ProjectStatus;
let system: TestSystem;

beforeAll(async () => {
  system = await testSystem();
});

afterAll(() => system.stop());

const add = (projectId: number, person: PersonName, requestId: string = randomUUID()) =>
  system.favourites.createFavourite({ requestId, projectId }, system.as(person));
const remove = (projectId: number, person: PersonName, requestId: string = randomUUID()) =>
  system.favourites.deleteFavourite({ requestId, projectId }, system.as(person));
const get = (projectId: number, person: PersonName) =>
  system.favourites.getFavourite({ projectId }, system.as(person));
const list = async (person: PersonName, request = {}) =>
  await system.favourites.listFavourites(request, system.as(person));
const isFavourite = async (projectId: number, options: object) =>
  (await system.client.getProject({ projectId }, options)).project?.favourite;

test("a mark is one's own, and shown with the project", async () => {
  const projectId = await system.project(PUBLISHED);
  const { acknowledgement } = await add(projectId, "beginner");
  expect(acknowledgement).toMatchObject({ name: `users/me/favourites/${projectId}`, revision: 1n });
  expect((await get(projectId, "beginner")).favourite).toMatchObject({
    projectId,
    project: { projectId, favourite: true, name: "Escuintla" },
    createTime: acknowledgement?.commitTime,
    revision: 1n,
  });
  expect(await isFavourite(projectId, system.as("beginner"))).toBe(true);
  expect(await isFavourite(projectId, system.as("advanced"))).toBe(false);
  expect(await isFavourite(projectId, {})).toBe(false);
  const { projects } = await system.client.listProjects({}, system.as("beginner"));
  expect(projects.find((it) => it.projectId === projectId)?.favourite).toBe(true);
  expect((await refusalOf(get(projectId, "advanced"))).reason).toBe("FAVOURITE_NOT_FOUND");
});

test("a mark is there once however often it is made, and gone once it is taken away", async () => {
  const projectId = await system.project(PUBLISHED);
  const first = await add(projectId, "intermediate");
  const second = await add(projectId, "intermediate");
  expect([first.created, second.created]).toEqual([true, false]);
  const { favourite } = await get(projectId, "intermediate");
  expect(favourite?.createTime).toEqual(first.acknowledgement?.commitTime);
  const requestId = randomUUID();
  await remove(projectId, "intermediate", requestId);
  expect((await remove(projectId, "intermediate", requestId)).acknowledgement?.replayed).toBe(true);
  expect((await refusalOf(remove(projectId, "intermediate"))).reason).toBe("FAVOURITE_NOT_FOUND");
  expect((await refusalOf(get(projectId, "intermediate"))).reason).toBe("FAVOURITE_NOT_FOUND");
});

test("a request id may be used once for each project", async () => {
  const requestId = randomUUID();
  for (const projectId of [await system.project(PUBLISHED), await system.project(PUBLISHED)]) {
    expect((await add(projectId, "beginner", requestId)).acknowledgement?.replayed).toBe(false);
    expect((await add(projectId, "beginner", requestId)).acknowledgement?.replayed).toBe(true);
    expect((await refusalOf(remove(projectId, "beginner", requestId))).reason).toBe("REQUEST_ID_REUSED");
  }
});

test("the list has the last mark first, and pages that survive others", async () => {
  const ids: number[] = [];
  for (let i = 0; i < 5; i++) {
    ids.unshift(await system.project(PUBLISHED));
    await add(ids[0] as number, "advanced");
  }
  expect((await list("advanced")).favourites.map((it) => it.projectId)).toEqual(ids);
  const first = await list("advanced", { pageSize: 2 });
  await remove(ids[1] as number, "advanced");
  const newer = await system.project(PUBLISHED);
  await add(newer, "advanced");
  const second = await list("advanced", { pageSize: 2, pageToken: first.nextPageToken });
  expect(second.favourites.map((it) => it.projectId)).toEqual(ids.slice(2, 4));
  const third = await list("advanced", { pageSize: 2, pageToken: second.nextPageToken });
  expect(third.favourites.map((it) => it.projectId)).toEqual(ids.slice(4));
  expect(third.nextPageToken).toBe("");
});

test("what somebody may no longer see is not in the list, and can be taken out of it", async () => {
  const projectId = await system.project(PUBLISHED);
  await add(projectId, "beginner");
  await system.set(projectId, { status: DRAFT });
  expect((await list("beginner", { pageSize: 100 })).favourites.map((it) => it.projectId)).not.toContain(
    projectId,
  );
  expect((await refusalOf(get(projectId, "beginner"))).reason).toBe("FAVOURITE_NOT_FOUND");
  expect((await refusalOf(add(projectId, "beginner"))).reason).toBe("PROJECT_NOT_FOUND");
  await remove(projectId, "beginner");
});

test("a mark goes with the project", async () => {
  const projectId = await system.project(PUBLISHED);
  await add(projectId, "beginner");
  await system.client.deleteProject({ requestId: randomUUID(), projectId }, system.as("administrator"));
  expect((await refusalOf(remove(projectId, "beginner"))).reason).toBe("FAVOURITE_NOT_FOUND");
});

test("a page token of another list is not taken", async () => {
  const { nextPageToken } = await system.client.listProjects({ pageSize: 1 });
  for (const pageToken of ["x", nextPageToken]) {
    expect((await refusalOf(list("beginner", { pageToken }))).reason).toBe("PAGE_TOKEN_INVALID");
  }
});

test.each(["1.99999999999", "x.1", "1e400.1", "1", "-1.1"])(
  "a token that ends with %s is forged",
  async (last) => {
    const request = create(ListFavouritesRequestSchema, {});
    const forged = pageToken(ListFavouritesRequestSchema, request, last);
    expect((await refusalOf(list("beginner", { pageToken: forged }))).reason).toBe("PAGE_TOKEN_INVALID");
  },
);

test("nobody has favourites without signing in", async () => {
  expect((await refusalOf(system.favourites.listFavourites({}))).reason).toBe("TOKEN_MISSING");
});
