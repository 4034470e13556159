import { posix } from "node:path";
import { SERVICES } from "@tessera/contracts/catalogue.ts";

/** The rooms of each service or package, in their order: a room imports itself, the root, and the rooms before it. */
const ROOMS: Record<string, readonly string[]> = {
  "services/auth": [
    "limits",
    "revocations",
    "users",
    "signing-keys",
    "sessions",
    "service-accounts",
    "personal-access-tokens",
    "tokens",
    "levels",
    "events",
    "memberships",
    "organisations",
    "teams",
    "invitations",
    "join-requests",
    "deletions",
    "upstream",
    "oauth-http",
    "oauth",
  ],
  "services/project": [
    "survey",
    "access",
    "events",
    "area-files",
    "areas",
    "projects",
    "licences",
    "favourites",
    "search",
    "tiles",
    "progress",
    "exchange",
  ],
  "services/task": [
    "access",
    "tasks",
    "progress",
    "locks",
    "submissions",
    "assignments",
    "talk",
    "contributions",
    "operations",
    "reconciling",
    "events",
    "statistics",
    "lists",
    "tiles",
  ],
  "services/gateway": [
    "routes",
    "problems",
    "requests",
    "compression",
    "files",
    "documents",
    "streams",
    "uploads",
    "pages",
    "browsers",
    "openapi",
    "ogc",
    "own",
  ],
  "services/console": [
    "texts",
    "html",
    "assets",
    "session",
    "visits",
    "forms",
    "frame",
    "files",
    "maps",
    "sign-in",
    "people",
    "documents",
    "licences",
    "projects",
    "home",
    "tasks",
    "work",
    "validation",
    "making",
    "operations",
    "teams",
    "organisations",
    "account",
    "administration",
  ],
  "packages/geometry": ["areas", "validity", "grids", "splitting", "work", "tiles"],
  "packages/postgres": ["connections"],
  "packages/rpc": ["validation", "admission", "calls", "interop"],
  "packages/launch": ["bench", "prove"],
  "packages/testing": ["ground", "models", "cases", "house", "journeys"],
};

/** The RPCs of each service, after which files are named. */
const RPC_FILES = new Map(
  [
    ...Map.groupBy(
      SERVICES.flatMap(({ methods }) => methods),
      (method) => `services/${method.parent.typeName.split(".")[1]}`,
    ),
  ].map(([owner, methods]) => [owner, new Set(methods.map(({ name }) => `${kebab(name)}.ts`))]),
);
/** A gRPC service of the contract, put together from the RPCs of several rooms. */
const WIRING = /[/-]services?\.ts$/;

/** What a file may not import of its own service or package. `target` is the file that it imports. */
export function roomBreaches(owner: string, path: string, target: string): string[] {
  const [from, to] = [roomIn(owner, path), roomIn(owner, target)];
  const isWiring = WIRING.test(path);
  if (RPC_FILES.get(owner)?.has(posix.basename(target)) && !isWiring)
    return [`${path} imports the RPC ${posix.basename(target)}`];
  const rooms = ROOMS[owner] ?? [];
  if (from === to || from === undefined || to === undefined || isWiring) return [];
  if (rooms.indexOf(to) === -1) return [`${path} imports ${to}, a room that the house test does not know`];
  return rooms.indexOf(from) > rooms.indexOf(to) ? [] : [`${path} imports ${to}, a room above its own`];
}

/** The room that a file lies in; undefined for the root. */
function roomIn(owner: string, path: string): string | undefined {
  const within = path.slice(`${owner}/src/`.length).split("/");
  return within.length > 1 ? within[0] : undefined;
}

function kebab(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, "$1-$2").toLowerCase();
}
