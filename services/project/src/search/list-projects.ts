import type { MessageInitShape } from "@bufbuild/protobuf";
import type { MethodImpl } from "@connectrpc/connect";
import {
  type ListProjectsRequest,
  ListProjectsRequestSchema,
  type ListProjectsResponseSchema,
  type ProjectService,
} from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { ProjectOrder } from "@tessera/contracts/tessera/project/v1/search_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { pageToken, readPageToken } from "@tessera/rpc/page-token.ts";
import { selectedNames } from "@tessera/rpc/validation/selected-fields.ts";
import { withFields } from "@tessera/rpc/validation/validation.ts";
import { shownTo } from "../access/shown.ts";
import { ifAuthIsThere } from "../access/viewers.ts";
import type { Deps } from "../deps.ts";
import type { Store } from "../open-store.ts";
import { inLanguage } from "../projects/shown-language.ts";
import type { Search } from "./condition-store.ts";
import { facetCounts } from "./facet-counts.ts";
import type { Ranking } from "./order-store.ts";
import { orderOf, positionText, readPosition, type SearchPosition } from "./search-position.ts";
import { misspellable, wanted, wantedNearly, wordsWanted } from "./search-words.ts";
import { COUNTED_MAX, type Counted } from "./store.ts";

const DEFAULT_PAGE_SIZE = 20;
/** A list waits no longer than this to learn what its reader is in. */
const ASK_MOST_MS = 1_000;
/** Where fewer have the words of a text as they are spelled, those that have them nearly so are found too, and come after. */
const NEAR_BELOW = 20;
/** The same in an order in which they would come between. */
const NEAR_BETWEEN_BELOW = 1;

type Response = MessageInitShape<typeof ListProjectsResponseSchema>;
type Asking = Search["viewer"];

/** The text of a search. */
interface Look {
  search: Search;
  ranking: Ranking | undefined;
  near: boolean;
}

/** Implements tessera.project.v1.ProjectService.ListProjects. */
export function listProjects({
  store,
  viewers,
}: Deps): MethodImpl<typeof ProjectService.method.listProjects> {
  return async (request, context) => {
    const after = readPosition(readPageToken(ListProjectsRequestSchema, bound(request)), orderOf(request));
    const { userId } = callerOf(context);
    // While auth is unavailable, everybody still sees public projects and their own.
    const known = await ifAuthIsThere(viewers.of(context, { mostMs: ASK_MOST_MS }));
    const viewer = known ?? (userId === 0n ? undefined : { userId });

    const { look, positions } = await find(store, request, viewer, after);
    const pageSize = request.pageSize || DEFAULT_PAGE_SIZE;
    const fields = selectedNames(ListProjectsRequestSchema, request) ?? new Set<string>();
    const { languages } = request;
    const wanted = positions.slice(0, pageSize).map(({ projectId }) => projectId);
    const projectIds = wanted.slice(0, await store.search.fitting(wanted, fields));
    const last = positions[projectIds.length - 1];
    const more = last !== undefined && positions.length > projectIds.length;
    const [projects, counted] = await Promise.all([
      store.search.documents(projectIds, userId, { fields, languages }),
      count(store, look.search),
    ]);
    const { near } = look;
    const next = more
      ? pageToken(ListProjectsRequestSchema, bound(request), positionText({ ...last, near }))
      : "";
    const shown = projects
      .map((it) => (it.authorUserId === userId ? it : shownTo(it, known)))
      .map((it) => inLanguage(it, languages))
      .map((it) => (fields.has("translations") ? it : { ...it, translations: [] }));
    return { projects: shown, nextPageToken: next, near, ...counted };
  };
}

/** What a page token is bound to: what is counted beside a page does not change it. */
function bound(request: ListProjectsRequest): ListProjectsRequest {
  return { ...request, facets: [], withTotal: false };
}

/**
 * Looks for the text as it is spelled, and, where that finds little, for what is spelled nearly so. Later pages
 * follow the first.
 */
async function find(
  store: Store,
  request: ListProjectsRequest,
  viewer: Asking,
  after: SearchPosition | undefined,
) {
  const words =
    request.query.trim() === "" ? undefined : wordsWanted(await store.search.words(spoken(request.query)));
  const pageSize = request.pageSize || DEFAULT_PAGE_SIZE;
  const { descending } = request;
  const order = { orderBy: orderOf(request), descending, after };
  // One row more than the page shows whether another page follows.
  const positions = ({ search, ranking }: Look, most: number) =>
    store.search.positions(search, { ...order, ranking, most });

  const exact = exactly(request, viewer, words);
  if (!after?.near) {
    const isFirst = after === undefined && words !== undefined && words.length > 0;
    const enough = order.orderBy === ProjectOrder.RELEVANCE ? NEAR_BELOW : NEAR_BETWEEN_BELOW;
    const found = await positions(exact, Math.max(pageSize + 1, isFirst ? enough : 0));
    if (!isFirst || found.length >= enough) return { look: exact, positions: found };
  }
  const near = await nearly(store, exact);
  return { look: near, positions: await positions(near, pageSize + 1) };
}

function exactly(request: ListProjectsRequest, viewer: Asking, words: string[] | undefined): Look {
  const exact = words && wanted(words);
  const box = request.boundingBox && withFields(request.boundingBox, "west", "south", "east", "north");
  return {
    search: { request, box, viewer, wanted: exact },
    ranking: words && exact && { words, exact, wanted: exact },
    near: false,
  };
}

async function nearly(store: Store, { search, ranking }: Look): Promise<Look> {
  if (ranking === undefined) return { search, ranking, near: true };
  const { words, exact } = ranking;
  const asked = misspellable(words);
  const near = wantedNearly(words, asked.length === 0 ? [] : await store.search.like(asked));
  return {
    search: { ...search, wanted: near },
    ranking: { words, exact, wanted: near },
    near: true,
  };
}

async function count(store: Store, search: Search): Promise<Pick<Response, "facets" | "total">> {
  const { facets, withTotal } = search.request;
  if (facets.length === 0 && !withTotal) return {};
  const counts = await store.search.counts(search, facets as readonly Counted[]);
  const found = counts.find(({ facet }) => facet === undefined)?.projects ?? 0;
  return {
    facets: facets.map((facet) =>
      facetCounts(
        facet,
        counts.filter((it) => it.facet === facet),
      ),
    ),
    ...(withTotal && { total: { projectCount: Math.min(found, COUNTED_MAX), hasMore: found > COUNTED_MAX } }),
  };
}

/** What can be sent to the database; no word has a NUL. */
function spoken(text: string): string {
  return text.replaceAll("\0", " ");
}
