import { createClient } from "@connectrpc/connect";
import { MappingLevel } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import { LicenceService } from "@tessera/contracts/tessera/project/v1/licence_service_pb.ts";
import {
  MappingType,
  Permission,
  ProjectPriority,
  ProjectStatus,
} from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { SubmissionResult } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startBrowser, type TestBrowser } from "../browser.ts";
import { type ConsoleSystem, consoleSystem } from "../console-system.ts";
import { requestId } from "../ground/door.ts";
import { pageClient, type SeenPage, signInPage } from "../ground/page-client.ts";
import { createProject, cut, type Headers } from "../ground/world.ts";

const { PUBLISHED } = ProjectStatus;
const ZOOM = 12;
const EVIL = "<script>alert(1)</script>";

let system: ConsoleSystem;
let browser: TestBrowser;
let admin: Headers;
let open: number;
let draft: number;
let licensed: number;

beforeAll(async () => {
  system = await consoleSystem();
  admin = await system.signIn("administrator");
  const { acknowledgement } = await createClient(LicenceService, system.connections.project).createLicence(
    { requestId: requestId(), licence: { name: "Imagery terms", plainText: "Map, and nothing else." } },
    admin,
  );
  const licenceId = Number(acknowledgement?.name.split("/")[1]);
  open = await createProject(
    system,
    admin,
    {
      name: `Floods ${EVIL}`,
      shortDescription: "Where people live",
      instructions: `Trace **buildings** ${EVIL}`,
      priority: ProjectPriority.URGENT,
      mappingTypes: [MappingType.BUILDINGS],
      campaigns: ["Missing Maps"],
      validationPermission: Permission.LEVEL,
      validationLevel: MappingLevel.ADVANCED,
      translations: [{ language: "fr", name: "Les crues", shortDescription: "Où vivent les gens" }],
    },
    [PUBLISHED],
  );
  draft = await createProject(system, admin, { name: "Not yet" }, []);
  licensed = await createProject(system, admin, { name: "With terms", licenceId }, [PUBLISHED]);
  await cut(system, admin, open, ZOOM);
  await map(open, "mapper-1");
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.stop();
  await system.stop();
});

/** Maps one task as somebody. */
async function map(projectId: number, name: string): Promise<void> {
  const who = await system.signIn(name);
  const { task } = system;
  const purpose = LockPurpose.MAPPING;
  const { taskId, token } = await task.claimTask({ requestId: requestId(), projectId, purpose }, who);
  const work = { requestId: requestId(), projectId, taskId, lockToken: token };
  await task.submitTask({ ...work, result: SubmissionResult.MAPPED }, who);
}

const textOf = ({ root }: SeenPage, selector: string) =>
  root.querySelector(selector)?.textContent.replaceAll(/\s+/g, " ").trim();
const namesIn = ({ root }: SeenPage) => root.querySelectorAll("#results h3 a").map((it) => it.textContent);

describe("without scripts", () => {
  test("projects are found by filters, which the address keeps, and which are taken away one by one", async () => {
    const client = pageClient(system.url);
    const all = await client.get("/v1/projects");
    expect(textOf(all, "#found")).toBe("2 projects");
    const found = await client.submit(all, "#search-form", {
      query: "floods",
      priorities: "PROJECT_PRIORITY_URGENT",
    });
    expect(found.path).toBe("/v1/projects?query=floods&priorities=PROJECT_PRIORITY_URGENT");
    expect(namesIn(found)).toEqual([`Floods ${EVIL}`]);
    expect(found.root.querySelector('input[value="PROJECT_PRIORITY_URGENT"]')?.hasAttribute("checked")).toBe(
      true,
    );
    const table = await client.get(`${found.path}&view=table`);
    expect(table.root.querySelectorAll("#results tbody tr").length).toBe(1);
    const none = await client.submit(found, "#search-form", { query: "volcano" });
    expect(textOf(none, "#found")).toBe("No project matches");
    expect(none.root.querySelectorAll(".chosen a").map((it) => it.getAttribute("href"))).toContain(
      "/v1/projects?priorities=PROJECT_PRIORITY_URGENT",
    );
  });

  test("a filter that the contract refuses is marked at its field", async () => {
    const page = await pageClient(system.url).get("/v1/projects?bounding_box.west=200&bounding_box.south=1");
    expect(page.status).toBe(422);
    const west = page.root.querySelector('input[name="bounding_box.west"]');
    expect([west?.getAttribute("aria-invalid"), west?.getAttribute("value")]).toEqual(["true", "200"]);
    expect(textOf(page, "#fault-bounding-box-west")).not.toBe("");
    expect(textOf(page, "#fault-bounding-box-north")).not.toBe("");
  });

  test("the first page says how it works to visitors, and what is theirs to those who signed in", async () => {
    const visitor = await pageClient(system.url).get("/");
    expect(visitor.root.querySelectorAll(".steps li").length).toBe(3);
    const client = pageClient(system.url);
    const home = await signInPage(client, "mapper-1");
    expect(home.root.querySelectorAll(".steps li").length).toBe(0);
    expect(home.root.querySelectorAll("h2").map((it) => it.textContent)).toContain("Help is needed now");
  });

  test("a project's page is in the reader's language, and nothing that people wrote becomes a script", async () => {
    const client = pageClient(system.url);
    const page = await client.get(`/v1/projects/${open}`, { "accept-language": "fr" });
    expect(textOf(page, "h1")).toBe("Les crues");
    expect(page.root.querySelector("html")?.getAttribute("lang")).toBe("fr");
    expect(page.text).not.toContain(EVIL);
    expect(page.root.querySelector(".prose strong")?.textContent).toBe("buildings");
  });

  test("a mapper takes a task, and learns why validating is closed", async () => {
    const client = pageClient(system.url);
    await signInPage(client, "mapper-2");
    const page = await client.get(`/v1/projects/${open}`);
    expect(textOf(page, ".why")).toContain("asks for the mapping level “Advanced”; yours is “Beginner”");
    expect(page.root.querySelector('form[data-purpose="MAPPING"]')?.getAttribute("action")).toBe(
      `/v1/projects/${open}/claims`,
    );
    const visitor = await pageClient(system.url).get(`/v1/projects/${open}`);
    expect(textOf(visitor, ".why")).toContain("You are not signed in.");
  });

  test("a licence that has to be accepted stands where it is needed", async () => {
    const client = pageClient(system.url);
    await signInPage(client, "mapper-2");
    const page = await client.get(`/v1/projects/${licensed}`);
    expect(textOf(page, ".terms")).toBe("Map, and nothing else.");
    expect(page.root.querySelector(".licence form")?.getAttribute("action")).toContain(
      "/acceptance?_method=PUT",
    );
  });

  test("a project is marked as a favourite, found as one, and unmarked", async () => {
    const client = pageClient(system.url);
    await signInPage(client, "mapper-3");
    const form = `form[action^="/v1/users/me/favourites/${open}"]`;
    const marked = await client.submit(await client.get(`/v1/projects/${open}`), form);
    expect(textOf(marked, ".notice")).toBe("The project is one of your favourites now.");
    expect(textOf(await client.get("/v1/projects?favourite=true"), "#found")).toBe("1 project");
    const unmarked = await client.submit(marked, form);
    expect(textOf(unmarked, ".notice")).toBe("The project is no longer one of your favourites.");
  });

  test("what happened, and who did it, stands in words, and is counted by day", async () => {
    const client = pageClient(system.url);
    await signInPage(client, "mapper-2");
    const activity = await client.get(`/v1/projects/${open}/task-events`);
    expect(activity.root.querySelectorAll(".events li > p:first-child").map((it) => it.textContent)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^mapper-1 handed in task \d+: mapped$/)]),
    );
    const changes = await client.get(`/v1/projects/${open}/project-events`);
    expect(textOf(changes, ".events")).toContain("A manager published the project");
    const people = await client.get(`/v1/projects/${open}/contributors`);
    const row = people.root.querySelectorAll("#contributors tbody tr")[0];
    expect(
      row
        ?.querySelectorAll("th, td")
        .slice(0, 2)
        .map((it) => it.textContent),
    ).toEqual(["mapper-1", "1"]);
    expect(people.root.querySelectorAll(".days svg rect.mapped").length).toBeGreaterThan(0);
    const one = row?.querySelector("td a")?.getAttribute("href") ?? "";
    expect((await client.get(one)).root.querySelectorAll("#contributors tbody tr").length).toBe(1);
  });

  test("a draft is there for its managers, and for nobody else", async () => {
    const client = pageClient(system.url);
    const paths = ["", "/task-events", "/project-events", "/contributors"].map(
      (it) => `/v1/projects/${draft}${it}`,
    );
    const statuses = async () =>
      (await Promise.all(paths.map((it) => client.get(it)))).map((it) => it.status);
    expect(await statuses()).toEqual([404, 404, 404, 404]);
    await signInPage(client, "administrator");
    expect(await statuses()).toEqual([200, 200, 200, 200]);
    expect(textOf(await client.get(paths[0] as string), ".mark")).toContain("Draft");
  });
});

test("with scripts a filter searches at once, the address follows, and so do back and forward", async () => {
  const { page, violations, errors } = await browser.open();
  await page.goto(`${system.url}/v1/projects`);
  await page.getByText("Filters", { exact: true }).click();
  // It is found as well while the filters are folded up.
  const urgent = page.locator("input[value=PROJECT_PRIORITY_URGENT]");
  await urgent.check();
  await page.getByRole("heading", { name: "1 project" }).waitFor();
  expect(new URL(page.url()).search).toBe("?priorities=PROJECT_PRIORITY_URGENT");
  await page.getByRole("link", { name: "Remove the filter: Priority: Urgent" }).click();
  await page.getByRole("heading", { name: "2 projects" }).waitFor();
  expect(await urgent.isChecked()).toBe(false);
  await page.goBack();
  await page.getByRole("heading", { name: "1 project" }).waitFor();
  expect(await urgent.isChecked()).toBe(true);
  expect([violations(), errors()]).toEqual([[], []]);
});
