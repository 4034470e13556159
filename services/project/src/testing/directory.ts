import { create, type DescService } from "@bufbuild/protobuf";
import { Code, ConnectError, type ServiceImpl } from "@connectrpc/connect";
import { OrganisationSchema } from "@tessera/contracts/tessera/auth/v1/organisation_pb.ts";
import { OrganisationService } from "@tessera/contracts/tessera/auth/v1/organisation_service_pb.ts";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/auth/v1/reason_pb.ts";
import { TeamSchema } from "@tessera/contracts/tessera/auth/v1/team_pb.ts";
import { TeamService } from "@tessera/contracts/tessera/auth/v1/team_service_pb.ts";
import type { User } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { refusals } from "@tessera/rpc/refusal.ts";
import { served } from "@tessera/rpc/serve.ts";

/** The organisations of the tests are those up to this number. */
const LAST_ORGANISATION = 99;

/** The teams of the tests are as many; two each share a name. */
const LAST_TEAM = 99;

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
        return { organisation: organisation(organisationId) };
      },
      listOrganisations: async ({ query }) => ({
        organisations: numbers().map(organisation).filter(called(query)),
      }),
    }),
    served(TeamService, {
      ...absent(TeamService),
      getTeam: async ({ teamId }) => {
        if (!isTeam(teamId)) throw refuse(Reason.TEAM_NOT_FOUND, { metadata: { team_id: String(teamId) } });
        return { team: team(teamId) };
      },
      batchGetTeams: async ({ teamIds }) => ({
        teams: teamIds.filter(isTeam).map(team),
        missingTeamIds: teamIds.filter((teamId) => !isTeam(teamId)),
      }),
      listTeams: async ({ query, organisationId }) => ({
        teams: numbers()
          .map(team)
          .filter(called(query))
          .filter((it) => organisationId === undefined || it.organisationId === organisationId),
      }),
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
      batchGetUsers: async ({ userIds }) => ({
        users: people.filter((it) => userIds.includes(it.userId)),
        missingUserIds: userIds.filter((userId) => !people.some((it) => it.userId === userId)),
      }),
    }),
  ];
}

function absent<S extends DescService>(service: S): ServiceImpl<S> {
  const notHere = () => Promise.reject(new ConnectError("not in tests", Code.Unimplemented));
  return Object.fromEntries(
    service.methods.map(({ localName }) => [localName, notHere]),
  ) as unknown as ServiceImpl<S>;
}

const numbers = () => Array.from({ length: LAST_ORGANISATION }, (_, index) => index + 1);

const isTeam = (teamId: number) => teamId <= LAST_TEAM;

const organisation = (organisationId: number) =>
  create(OrganisationSchema, { organisationId, name: `Organisation ${organisationId}` });

/** Two teams share a name, each in an organisation of its own. */
const team = (teamId: number) =>
  create(TeamSchema, { teamId, organisationId: teamId, name: `Team ${Math.ceil(teamId / 2)}` });

const called = (query: string) => (it: { name: string }) =>
  it.name.toLowerCase().includes(query.toLowerCase());
