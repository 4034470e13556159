import { Code, ConnectError, createContextValues, createRouterTransport } from "@connectrpc/connect";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import type { Trust } from "@tessera/identity/trust.ts";
import { deadlineKey } from "@tessera/rpc/deadline.ts";
import { Refusal } from "@tessera/rpc/refusal.ts";
import { expect, test } from "vitest";
import { people } from "./people.ts";

const OWN = "Bearer own";

function context() {
  const values = createContextValues().set(deadlineKey, Date.now() + 60_000);
  return {
    values,
    signal: new AbortController().signal,
    requestHeader: new Headers({ authorization: "Bearer the caller's" }),
  };
}

/** People as the task service asks for them, where auth knows number 1 and is asked as `answer` says. */
function asking(answer: (authorization: string | null) => void) {
  const auth = createRouterTransport(({ service }) =>
    service(UserService, {
      batchGetUsers: ({ userIds }, { requestHeader }) => {
        answer(requestHeader.get("authorization"));
        return { missingUserIds: userIds.filter((it) => it !== 1n) };
      },
    }),
  );
  const own = { auth, headers: async () => ({ authorization: OWN }), options: {} };
  return people("unused:1", { own } as unknown as Trust);
}

test("a person who exists is taken, whatever the caller may read: the service asks in its own name", async () => {
  const given: (string | null)[] = [];
  await asking((it) => given.push(it)).refuseUnknownUser(1n, context(), "user_id");
  expect(given).toEqual([OWN]);
});

test("a person who does not exist is refused by the field that names the person", async () => {
  const refused = asking(() => {}).refuseUnknownUser(2n, context(), "user_id");
  const refusal = await refused.catch((error: unknown) => error);
  if (!(refusal instanceof Refusal)) throw refusal;
  expect([refusal.reason.name, refusal.metadata]).toEqual(["USER_NOT_FOUND", { user_id: "2" }]);
  expect(refusal.violations.map(({ field }) => field)).toEqual(["user_id"]);
});

test.each([Code.Unauthenticated, Code.PermissionDenied])(
  "what auth refuses of the service's own credential (%i) is no fault of the caller's",
  async (code) => {
    const refuse = () => {
      throw new ConnectError("this credential will not do", code);
    };
    const error = await asking(refuse)
      .refuseUnknownUser(1n, context(), "user_id")
      .catch((it: unknown) => it);
    expect((error as ConnectError).code).toBe(Code.Unavailable);
  },
);
