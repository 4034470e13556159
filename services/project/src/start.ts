import { AccessService } from "@tessera/contracts/tessera/project/v1/access_service_pb.ts";
import { AreaService } from "@tessera/contracts/tessera/project/v1/area_service_pb.ts";
import { ExchangeService } from "@tessera/contracts/tessera/project/v1/exchange_service_pb.ts";
import { FavouriteService } from "@tessera/contracts/tessera/project/v1/favourite_service_pb.ts";
import { LicenceService } from "@tessera/contracts/tessera/project/v1/licence_service_pb.ts";
import { ProjectEventService } from "@tessera/contracts/tessera/project/v1/project_event_service_pb.ts";
import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { ProjectTileService } from "@tessera/contracts/tessera/project/v1/project_tile_service_pb.ts";
import { followPeople } from "@tessera/identity/follow-people.ts";
import { openTrust, type Trust } from "@tessera/identity/trust.ts";
import { poolOptions } from "@tessera/postgres/database-variables.ts";
import { keepHouse } from "@tessera/postgres/keep-house.ts";
import { openDatabase } from "@tessera/postgres/open-database.ts";
import { connectPool, type Sql } from "@tessera/postgres/pool.ts";
import { type Reading, readPrimary, readReplica } from "@tessera/postgres/read-replica.ts";
import { translateFailure } from "@tessera/postgres/translate-failure.ts";
import { connect } from "@tessera/rpc/connect.ts";
import { serve, served } from "@tessera/rpc/serve.ts";
import type { Log } from "@tessera/runtime/log.ts";
import { accessService } from "./access/access-service.ts";
import { type Viewers, viewers } from "./access/viewers.ts";
import { areaService } from "./areas/area-service.ts";
import { areaFilesOf } from "./areas/area-settings.ts";
import { forgetUploads } from "./areas/store.ts";
import type { ProjectConfig } from "./config.ts";
import type { Deps } from "./deps.ts";
import { directory } from "./directory.ts";
import { projectEventService } from "./events/project-event-service.ts";
import { exchangeService } from "./exchange/exchange-service.ts";
import { favouriteService } from "./favourites/favourite-service.ts";
import { followReferences } from "./follow-references.ts";
import { licenceService } from "./licences/licence-service.ts";
import { MIGRATIONS } from "./migrations.ts";
import { namesIn } from "./names.ts";
import { openStore, type Store } from "./open-store.ts";
import { followProgress } from "./progress/follow-progress.ts";
import { forgetDeletedProjects } from "./projects/deletion-store.ts";
import { projectService } from "./service.ts";
import { projectTileService } from "./tiles/project-tile-service.ts";

/** How long a closing pool waits for what runs. */
const POOL_CLOSE_SECONDS = 5;

/** A search runs for some milliseconds: to compile it, or to start helpers for it, would take longer than it takes. */
const POOL = { applicationName: "project", settings: { jit: "off", max_parallel_workers_per_gather: "0" } };

/** A running project service. */
export interface RunningProject {
  /** "host:port" */
  address: string;
  stop(): Promise<void>;
}

/** Starts the project service on a database that has its schema. What it began is undone if it cannot start. */
export async function startProject(
  config: ProjectConfig,
  log: Log,
  stopped?: AbortSignal,
): Promise<RunningProject> {
  await using begun = new AsyncDisposableStack();
  const sql = await openDatabase(config, { ...POOL, migrations: MIGRATIONS, log, signal: stopped });
  begun.defer(() => sql.end({ timeout: POOL_CLOSE_SECONDS }));

  const searching = searchPool(config, sql, log, begun);
  const failed = (error: unknown) => log.warn({ err: error }, "could not read the event feed; retrying");
  const store = openStore(sql, failed, searching);
  begun.defer(async () => void (await store.events.stop()));
  const housekeeping = keepHouse(sql, log, { uploads: forgetUploads, deleted: forgetDeletedProjects });
  begun.defer(() => housekeeping.stop());
  const trust = openTrust(config, "project", log);
  begun.defer(() => trust.stop());
  const auth = connect(config.AUTH_ADDRESS, trust.towards("auth"));
  begun.defer(() => auth.close());

  const people = viewers({ auth, own: trust.own, isBlocked: trust.isBlocked });
  followOthers(config, { trust, people, store, log, begun });

  const areaLimits = {
    vertices: config.AREA_LIMIT_VERTICES,
    squareKilometres: config.AREA_LIMIT_SQUARE_KILOMETRES,
  };
  const areaFiles = areaFilesOf(config);
  begun.defer(async () => areaFiles.reader.stop());
  const stopping = new AbortController();
  const deps: Deps = {
    store,
    viewers: people,
    directory: directory(auth),
    names: namesIn(auth),
    areaLimits,
    areaFiles,
    streamMaxMs: config.STREAM_MAX_MILLISECONDS,
    stopping: stopping.signal,
  };
  const serving = await serve({
    services: [
      served(ProjectService, projectService(deps)),
      served(FavouriteService, favouriteService(deps)),
      served(LicenceService, licenceService(deps)),
      served(ProjectEventService, projectEventService(deps)),
      served(ExchangeService, exchangeService(deps)),
      served(AccessService, accessService(deps)),
      served(AreaService, areaService(deps)),
      served(ProjectTileService, projectTileService(deps)),
    ],
    verify: trust.verify,
    revocations: trust.revocations,
    tls: trust.tls,
    trustedProxies: config.TRUSTED_PROXIES,
    log,
    translate: translateFailure,
    ready: () => Promise.all([store.events.ready(), trust.ready()]),
    host: config.GRPC_HOST,
    port: config.GRPC_PORT,
    drainMs: config.DRAIN_MILLISECONDS,
    endStreams: () => {
      stopping.abort();
      store.events.endStreams();
    },
  });
  begun.defer(() => serving.stop());
  const running = begun.move();
  return { address: serving.address, stop: () => running.disposeAsync() };
}

/** Where search reads: a replica, where there is one. */
function searchPool(config: ProjectConfig, sql: Sql, log: Log, begun: AsyncDisposableStack): Reading {
  if (config.SEARCH_DATABASE_URL === undefined) return readPrimary(sql);
  const replica = connectPool(config.SEARCH_DATABASE_URL, { ...poolOptions(config), ...POOL });
  begun.defer(() => replica.end({ timeout: POOL_CLOSE_SECONDS }));
  const reading = readReplica(sql, replica, log);
  begun.defer(() => reading.stop());
  return reading;
}

/** Follows what other services say, until what was begun is undone. */
function followOthers(config: ProjectConfig, { trust, people, store, log, begun }: Following): void {
  const changed = { person: people.forget, anybody: people.forgetAll };
  const following = [
    followPeople(trust.own, changed, log),
    // Of a person, nothing but the number is kept here.
    trust.confirmDeletions(async () => {}),
    followProgress(config, trust, store, log),
    followReferences(trust.own, store, log),
  ];
  for (const one of following) begun.defer(() => one.stop());
}

interface Following {
  trust: Trust;
  people: Viewers;
  store: Store;
  log: Log;
  begun: AsyncDisposableStack;
}
