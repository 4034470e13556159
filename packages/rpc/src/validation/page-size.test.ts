import { create } from "@bufbuild/protobuf";
import { SERVICES } from "@tessera/contracts/catalogue.ts";
import { expect, test } from "vitest";
import { reducePage } from "./page-size.ts";

const lists = SERVICES.flatMap(({ methods }) => methods).filter(({ input }) => "pageSize" in input.field);

test.each(lists.map((rpc) => [rpc.name, rpc] as const))(
  "%s reduces a page that is too large",
  (_, { input }) => {
    const sized = (pageSize: number) => {
      const request = create(input, { pageSize } as Record<string, unknown>) as unknown as {
        pageSize: number;
      };
      reducePage(input, request as never);
      return request.pageSize;
    };
    const most = sized(2_147_483_647);
    expect(most).toBeGreaterThanOrEqual(100);
    expect(most).toBeLessThanOrEqual(1_000);
    expect([0, -1, 1, most].map(sized)).toEqual([0, -1, 1, most]);
  },
);
