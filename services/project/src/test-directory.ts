import { create, type DescService } from "@bufbuild/protobuf";
import { Code, ConnectError, type ServiceImpl } from "@connectrpc/connect";
import { OrganisationSchema } from "@tessera/contracts/tessera/auth/v1/organisation_pb.ts";
import { OrganisationService } from "@tessera/contracts/tessera/auth/v1/organisation_service_pb.ts";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/auth/v1/reason_pb.ts";
import type { User } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { refusals } from "@tessera/rpc/refusal.ts";
import { served } from "@tessera/rpc/serve.ts";

/** The organisations of the tests are those up to this number. */
const LAST_ORGANISATION = 99;

type Known = Pick<User, "userId">;

/** What auth answers of those who are there, by its contract, for tests. */
export function testDirectory(people: readonly Known[]) {
  const refuse = refusals(ReasonSchema);
  return [
    served(OrganisationService, {
      ...absent(OrganisationService),
      getOrganisation: async ({ organisationId }) => {
        if (organisationId > LAST_ORGANISATION) {
          throw refuse(Reason.ORGANISATION_NOT_FOUND, {
            metadata: { organisation_id: String(organisationId) },
          });
        }
        return { organisation: create(OrganisationSchema, { organisationId }) };
      },
    }),
    served(UserService, {
      ...absent(UserService),
      getUser: async ({ userId }) => {
        const user = people.find((it) => it.userId === userId);
        if (user === undefined) {
          throw refuse(Reason.USER_NOT_FOUND, { metadata: { user_id: String(userId) } });
        }
        return { user };
      },
    }),
  ];
}

function absent<S extends DescService>(service: S): ServiceImpl<S> {
  const notHere = () => Promise.reject(new ConnectError("not in tests", Code.Unimplemented));
  return Object.fromEntries(
    service.methods.map(({ localName }) => [localName, notHere]),
  ) as unknown as ServiceImpl<S>;
}
