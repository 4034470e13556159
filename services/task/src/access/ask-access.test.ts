import { Code, ConnectError, createContextValues, createRouterTransport } from "@connectrpc/connect";
import { AccessService } from "@tessera/contracts/tessera/project/v1/access_service_pb.ts";
import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { ANONYMOUS, callerKey } from "@tessera/rpc/caller.ts";
import { expect, test } from "vitest";
import { askAccess } from "./ask-access.ts";
import { knownAccess } from "./known-access.ts";
import { projectNotFound } from "./project-not-found.ts";
import { projects } from "./projects.ts";

const CROWD = Array.from({ length: 250 }, (_, index) => BigInt(index + 1));

/** A project service that shows project 7 to all but person 13, and counts its calls and their callers. */
function ground(refuse: () => void = () => {}) {
  const asked = { together: [] as bigint[][], alone: [] as bigint[] };
  const transport = createRouterTransport(({ rpc }) => {
    rpc(AccessService.method.batchGetUserAccess, async ({ projectId, userIds }, { requestHeader }) => {
      expect(requestHeader.get("authorization")).toBe("own");
      asked.together.push(userIds);
      refuse();
      const seen = userIds.filter((userId) => userId !== 13n);
      return { accesses: seen.map((userId) => ({ projectId, userId, revision: userId })) };
    });
    rpc(ProjectService.method.getAccess, async ({ projectId }, { requestHeader }) => {
      const userId = BigInt(requestHeader.get("authorization") ?? "0");
      asked.alone.push(userId);
      if (userId === 13n) throw projectNotFound(projectId);
      return { access: { projectId, userId, revision: userId } };
    });
  });
  const own = { headers: async () => ({ authorization: "own" }) };
  const { access } = projects({ transport, askAccess: askAccess(transport, own), known: knownAccess() });
  const revision = async (userId: bigint) => {
    const values = createContextValues().set(callerKey, { ...ANONYMOUS, userId });
    const requestHeader = new Headers({ authorization: String(userId) });
    return (await access(7, { values, signal: new AbortController().signal, requestHeader })).revision;
  };
  return { asked, revision };
}

test("a crowd that comes at once costs some questions in the service's own name, and no token for each person", async () => {
  const { asked, revision } = ground();
  const others = CROWD.filter((userId) => userId !== 13n);
  expect(await Promise.all(others.map(revision))).toEqual(others);
  expect(asked.together.map((it) => it.length)).toEqual([100, 100, 49]);
  expect(asked.alone).toEqual([]);
});

test("the project service itself refuses callers that may not see the project", async () => {
  const { asked, revision } = ground();
  await expect(revision(13n)).rejects.toThrow(projectNotFound(7).rawMessage);
  expect(asked.alone).toEqual([13n]);
});

test("while the service may not ask in its own name, its callers ask for themselves", async () => {
  const { asked, revision } = ground(() => {
    throw new ConnectError("no", Code.PermissionDenied);
  });
  expect(await Promise.all([revision(1n), revision(2n)])).toEqual([1n, 2n]);
  expect(asked.alone.sort()).toEqual([1n, 2n]);
});

test("a project service that is gone is not asked again for each of those who waited", async () => {
  const { asked, revision } = ground(() => {
    throw new ConnectError("gone", Code.Unavailable);
  });
  const answers = await Promise.allSettled(CROWD.map(revision));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set(["rejected"]));
  expect([asked.together.length, asked.alone.length]).toEqual([3, 0]);
});
