import { ConnectError, createClient, type HandlerContext, type Transport } from "@connectrpc/connect";
import { OrganisationService } from "@tessera/contracts/tessera/auth/v1/organisation_service_pb.ts";
import { TeamService } from "@tessera/contracts/tessera/auth/v1/team_service_pb.ts";
import { away } from "@tessera/rpc/admission/away.ts";
import { onward } from "@tessera/rpc/deadline.ts";
import { refusalIn } from "@tessera/rpc/refusal-wire.ts";

/** At most this many pages of names that contain a name are searched for it. */
const PAGES_MAX = 5;
const PAGE_SIZE = 100;
/** No name of auth is longer. */
const NAME_MAX_LENGTH = 100;

type Context = Pick<HandlerContext, "values" | "signal" | "requestHeader">;

/** Organisations and teams by name, as far as the caller may know of them. The failures of auth cross as they are. */
export interface Names {
  /** Undefined for one that is not there. */
  ofOrganisation(organisationId: number, context: Context): Promise<string | undefined>;
  /** Undefined for one that is not there. */
  ofTeam(teamId: number, context: Context): Promise<string | undefined>;
  /** The organisation of this name, whatever the case. */
  organisation(name: string, context: Context): Promise<number | undefined>;
  /** The one team of this name, of an organisation or, for 0, of any; undefined where there is none, or several. */
  team(name: string, organisationId: number, context: Context): Promise<number | undefined>;
}

/** Asks the auth service, on behalf of the caller. */
export function namesIn(auth: Transport): Names {
  const [organisations, teams] = [createClient(OrganisationService, auth), createClient(TeamService, auth)];
  return {
    ofOrganisation: async (organisationId, context) => {
      const found = away(context, organisations.getOrganisation({ organisationId }, onward(context)));
      return (await unlessAbsent(found, "ORGANISATION_NOT_FOUND"))?.organisation?.name;
    },
    ofTeam: async (teamId, context) => {
      const found = away(context, teams.getTeam({ teamId }, onward(context)));
      return (await unlessAbsent(found, "TEAM_NOT_FOUND"))?.team?.name;
    },
    organisation: async (name, context) => {
      const found = await withName(name, async (query, pageToken) => {
        const page = { query, pageToken, pageSize: PAGE_SIZE };
        const asking = organisations.listOrganisations(page, onward(context));
        const { organisations: items, nextPageToken } = await away(context, asking);
        return { items, nextPageToken };
      });
      return found.length === 1 ? found[0]?.organisationId : undefined;
    },
    team: async (name, organisationId, context) => {
      const found = await withName(name, async (query, pageToken) => {
        const of = organisationId > 0 ? { organisationId } : {};
        const page = { query, pageToken, pageSize: PAGE_SIZE, ...of };
        const { teams: items, nextPageToken } = await away(context, teams.listTeams(page, onward(context)));
        return { items, nextPageToken };
      });
      return found.length === 1 ? found[0]?.teamId : undefined;
    },
  };
}

/** Those that are called exactly so, whatever the case. */
async function withName<Item extends { name: string }>(
  name: string,
  page: (query: string, pageToken: string) => Promise<{ items: Item[]; nextPageToken: string }>,
): Promise<Item[]> {
  if (name === "" || name.length > NAME_MAX_LENGTH) return [];
  const found: Item[] = [];
  let pageToken = "";
  for (let pages = 0; pages < PAGES_MAX; pages++) {
    const { items, nextPageToken } = await page(name, pageToken);
    found.push(...items.filter((it) => it.name.toLowerCase() === name.toLowerCase()));
    pageToken = nextPageToken;
    if (pageToken === "") break;
  }
  return found;
}

async function unlessAbsent<T>(answer: Promise<T>, reason: string): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ConnectError && refusalIn(error)?.reason.name === reason) return undefined;
    throw error;
  }
}
