import { InvitationService } from "@tessera/contracts/tessera/auth/v1/invitation_service_pb.ts";
import { JoinRequestService } from "@tessera/contracts/tessera/auth/v1/join_request_service_pb.ts";
import { MembershipService } from "@tessera/contracts/tessera/auth/v1/membership_service_pb.ts";
import { JoinMethod, TeamVisibility } from "@tessera/contracts/tessera/auth/v1/team_pb.ts";
import { TeamService } from "@tessera/contracts/tessera/auth/v1/team_service_pb.ts";
import { NOWHERE } from "./case.ts";
import { newAccount, newAdministeringProgram } from "./machine-ground.ts";
import { block, limits, type Person, teamStage } from "./team-ground.ts";
import { type Cast, castOf, type Part, type Theatre } from "./text-table.ts";
import type { World } from "./world.ts";

/** The teams in which the cases play. */
const SETTINGS: Record<string, Parameters<typeof teamStage>[1]> = {
  open: {},
  asked: { joinMethod: JoinMethod.BY_REQUEST },
  private: { visibility: TeamVisibility.PRIVATE },
};

const person = ({ who, userId }: Person): Part => ({ who, id: userId });
const numbered = (id: number | string): Part => ({ id });
const idOf = async (cast: Cast, name: string) => Number((await cast(name)).id);
const personOf = async (cast: Cast, name: string): Promise<Person> => {
  const { who, id } = await cast(name);
  if (who === undefined) throw new Error(`${name} cannot call`);
  return { who, userId: Number(id) };
};

type Stage = ReturnType<typeof teamStage>;

/** Stages by cast, for the steps. */
const stages = new WeakMap<Cast, () => Stage>();
const stageOf = (cast: Cast) => (stages.get(cast) as () => Stage)();

/** Stages by world and setting for the calls that are refused: they leave everything as it was. */
const untouched = new WeakMap<World, Map<string, Stage>>();

function stageIn(w: World, setting: string, isRefused: boolean): Stage {
  const kept = untouched.get(w) ?? new Map<string, Stage>();
  untouched.set(w, kept);
  const stage = (isRefused && kept.get(setting)) || teamStage(w, SETTINGS[setting] ?? {});
  if (isRefused) kept.set(setting, stage);
  return stage;
}

function cast(w: World, setting: string, isRefused: boolean): Cast {
  let made: Stage | undefined;
  const stage = () => {
    made ??= stageIn(w, setting, isRefused);
    return made;
  };
  let asking: Promise<{ asker: Person; joinRequestId: number }> | undefined;
  const asked = async () => {
    asking ??= (await stage()).newAsker();
    return asking;
  };
  let inviting: Promise<{ guest: Person; invitationId: number }> | undefined;
  const invited = async () => {
    inviting ??= (await stage()).newGuest();
    return inviting;
  };
  const parts = castOf({
    nobody: () => ({}),
    nowhere: () => numbered(NOWHERE),
    admin: () => ({ who: w.admin }),
    mapper: () => ({ who: w.mapper }),
    service: async () => ({ who: await w.newService() }),
    program: async () => ({ who: await newAdministeringProgram(w) }),
    person: async () => person(await w.newPerson()),
    blocked: async () => numbered(await w.blockedPerson()),
    deleted: async () => numbered(await w.deletedPerson()),
    account: async () => numbered((await newAccount(w)).userId),
    organisation: async () => numbered((await stage()).organisationId),
    team: async () => numbered((await stage()).teamId),
    manager: async () => person((await stage()).manager),
    lead: async () => person((await stage()).lead),
    member: async () => person((await stage()).member),
    asker: async () => person((await asked()).asker),
    request: async () => numbered((await asked()).joinRequestId),
    guest: async () => person((await invited()).guest),
    invitation: async () => numbered((await invited()).invitationId),
    token: async () => numbered(await (await stage()).newToken()),
  });
  stages.set(parts, stage);
  return parts;
}

/** Teams, those who ask to join them, and those who are invited. */
export const TEAM_THEATRE: Theatre = {
  methods: {
    ...TeamService.method,
    ...JoinRequestService.method,
    ...InvitationService.method,
    ...MembershipService.method,
  },
  cast,
  steps: {
    withdrawn: async (cast) =>
      (await stageOf(cast)).withdraw(await idOf(cast, "request"), await personOf(cast, "asker")),
    declined: async (cast) =>
      (await stageOf(cast)).decline(await idOf(cast, "invitation"), await personOf(cast, "guest")),
    "block-asker": async (cast, w) => block(w, await idOf(cast, "asker")),
    "block-member": async (cast, w) => block(w, await idOf(cast, "member")),
    "fill-organisation": async (cast, w) => limits(w).teams(await idOf(cast, "organisation")),
    "fill-team": async (cast, w) => limits(w).members(await idOf(cast, "team")),
    "fill-invitations": async (cast, w) => limits(w).invitations(await idOf(cast, "team")),
    "fill-requests": async (cast, w) =>
      limits(w).joinRequests(await idOf(cast, "organisation"), await idOf(cast, "person")),
  },
};
