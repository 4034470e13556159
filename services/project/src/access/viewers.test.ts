import { Code, ConnectError, createContextValues, createRouterTransport } from "@connectrpc/connect";
import { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { MembershipService } from "@tessera/contracts/tessera/auth/v1/membership_service_pb.ts";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { ANONYMOUS, callerKey } from "@tessera/rpc/caller.ts";
import { expect, test } from "vitest";
import { viewers } from "./viewers.ts";

const CROWD = Array.from({ length: 250 }, (_, index) => BigInt(index + 1));
const BLOCKED = 13n;

/** An auth service that counts its calls and their callers. */
function ground(refuse: () => void = () => {}) {
  const asked = { together: [] as number[], alone: [] as bigint[] };
  const auth = createRouterTransport(({ rpc }) => {
    rpc(UserService.method.batchGetUsers, ({ userIds }, { requestHeader }) => {
      expect(requestHeader.get("authorization")).toBe("own");
      asked.together.push(userIds.length);
      refuse();
      return { users: userIds.map((userId) => ({ userId, blocked: userId === BLOCKED, revision: userId })) };
    });
    rpc(AuthService.method.getCurrentUser, (_, { requestHeader }) => {
      const userId = BigInt(requestHeader.get("authorization") ?? "0");
      asked.alone.push(userId);
      if (userId === BLOCKED) throw new ConnectError("blocked", Code.PermissionDenied);
      return { user: { userId, revision: userId } };
    });
    rpc(MembershipService.method.batchGetMemberships, ({ userIds }) => ({
      memberships: userIds.map((userId) => ({ userId })),
    }));
  });
  const own = { auth, headers: async () => ({ authorization: "own" }) };
  const people = viewers({ auth, own, isBlocked: () => false });
  const revision = async (userId: bigint) => {
    const values = createContextValues().set(callerKey, { ...ANONYMOUS, userId });
    const requestHeader = new Headers({ authorization: String(userId) });
    const context = { values, signal: new AbortController().signal, requestHeader };
    return (await people.of(context))?.userRevision;
  };
  return { asked, people, revision };
}

test("a crowd that comes at once costs some questions in the service's own name, and no token for each person", async () => {
  const { asked, revision } = ground();
  const others = CROWD.filter((userId) => userId !== BLOCKED);
  expect(await Promise.all(others.map(revision))).toEqual(others);
  expect(asked).toEqual({ together: [100, 100, 49], alone: [] });
});

test("the auth service itself refuses blocked users, and leaves them out of lists", async () => {
  const { asked, people, revision } = ground();
  await expect(revision(BLOCKED)).rejects.toThrow("blocked");
  expect(asked.alone).toEqual([BLOCKED]);
  expect([...(await people.many([1n, BLOCKED])).keys()]).toEqual([1n]);
});

test("while the service may not ask in its own name, its callers ask for themselves", async () => {
  const { asked, revision } = ground(() => {
    throw new ConnectError("no", Code.PermissionDenied);
  });
  expect(await Promise.all([revision(1n), revision(2n)])).toEqual([1n, 2n]);
  expect(asked.alone.sort()).toEqual([1n, 2n]);
});
