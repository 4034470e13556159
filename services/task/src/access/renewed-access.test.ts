import { create } from "@bufbuild/protobuf";
import { AccessSchema } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { expect, test } from "vitest";
import { knownAccess } from "./known-access.ts";

test("a renewal after news of one of its people wants answers from after the news", async () => {
  let now = 1_000_000;
  const known = knownAccess(() => now);
  const accessOf = (userId: bigint) => create(AccessSchema, { projectId: 7, userId, revision: 1n });
  for (const userId of [1n, 2n])
    await known.get({ projectId: 7, userId }, undefined, async () => accessOf(userId));
  now += 2_000;
  const ages: (number | undefined)[] = [];
  const renew = (userIds: bigint[]) =>
    known.renew(7, userIds, async (maxAgeMs) => {
      ages.push(maxAgeMs);
      return userIds.map(accessOf);
    });
  await renew([1n, 2n]);
  // The people to renew were chosen before the news, and the project service may not have it yet.
  known.forgetPerson(2n);
  now += 300;
  await renew([1n]);
  await renew([1n, 2n]);
  known.forgetAll();
  now += 100;
  await renew([1n, 2n]);
  expect(ages).toEqual([undefined, undefined, 300, 100]);
});
