import { randomUUID } from "node:crypto";
import { BlockList } from "node:net";
import { create } from "@bufbuild/protobuf";
import { type Client, ConnectError, createClient } from "@connectrpc/connect";
import { type MultiPolygon, MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { AreaService } from "@tessera/contracts/tessera/project/v1/area_service_pb.ts";
import { ExchangeService } from "@tessera/contracts/tessera/project/v1/exchange_service_pb.ts";
import { FavouriteService } from "@tessera/contracts/tessera/project/v1/favourite_service_pb.ts";
import { LicenceService } from "@tessera/contracts/tessera/project/v1/licence_service_pb.ts";
import { ProjectEventService } from "@tessera/contracts/tessera/project/v1/project_event_service_pb.ts";
import { type Project, ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { connect } from "@tessera/rpc/connect.ts";
import type { FieldViolation } from "@tessera/rpc/refusal.ts";
import { refusalIn } from "@tessera/rpc/refusal-wire.ts";
import { databaseConfig, type TestDatabase, testDatabase } from "@tessera/testing/database.ts";
import type { ProjectConfig } from "../config.ts";
import { MIGRATIONS } from "../migrations.ts";
import { startProject } from "../start.ts";
import { ISSUER, type PersonName, silent, type TestAuth, testAuth } from "./auth.ts";

type Fields = Partial<Omit<Project, "$typeName" | "$unknown" | "area">> & { area?: MultiPolygon };

/** A running project service on a database of its own, with an auth service beside it, for tests. */
export interface TestSystem {
  auth: TestAuth;
  address: string;
  as: TestAuth["as"];
  client: Client<typeof ProjectService>;
  events: Client<typeof ProjectEventService>;
  exchange: Client<typeof ExchangeService>;
  favourites: Client<typeof FavouriteService>;
  licences: Client<typeof LicenceService>;
  areas: Client<typeof AreaService>;
  config: ProjectConfig;
  database: TestDatabase;
  /** Creates a project by the administrator and brings it to this status; returns its id. */
  project(status: ProjectStatus, fields?: Fields): Promise<number>;
  /** Sets fields of a project, as the administrator; returns its revision. */
  set(projectId: number, fields: Fields): Promise<bigint>;
  count(table: string): Promise<number>;
  stop(): Promise<void>;
}

/** Starts what a test needs. */
export async function testSystem(changes: Partial<ProjectConfig> = {}): Promise<TestSystem> {
  const [auth, database] = await Promise.all([testAuth(), testDatabase(MIGRATIONS)]);
  const config: ProjectConfig = {
    ...databaseConfig(database),
    GRPC_HOST: "127.0.0.1",
    GRPC_PORT: 0,
    DRAIN_MILLISECONDS: 0,
    STREAM_MAX_MILLISECONDS: 60_000,
    AUTH_ADDRESS: auth.address,
    JWKS_URL: [auth.keysUrl],
    TOKEN_ISSUER: ISSUER,
    TRUSTED_PROXIES: new BlockList(),
    AREA_LIMIT_SQUARE_KILOMETRES: 5_000,
    AREA_LIMIT_VERTICES: 10_000,
    AREA_LIMIT_RINGS: 1_000,
    AREA_FILE_LIMIT_BYTES: 1_048_576,
    AREA_FILE_LIMIT_ENTRIES: 20,
    AREA_FILE_LIMIT_INFLATED_BYTES: 4_194_304,
    AREA_FILE_LIMIT_INFLATION_RATIO: 200,
    AREA_FILE_LIMIT_DEPTH: 64,
    AREA_FILE_MEMORY_MEBIBYTES: 256,
    AREA_FILE_READ_MILLISECONDS: 20_000,
    AREA_UPLOADS_PER_PERSON: 50,
    AREA_UPLOADS_AT_ONCE: 16,
    ...changes,
  };
  const running = await startProject(config, silent);
  const connection = connect(running.address);
  const client = createClient(ProjectService, connection);
  const events = createClient(ProjectEventService, connection);
  const exchange = createClient(ExchangeService, connection);
  const areas = createClient(AreaService, connection);
  const administrator = auth.as("administrator");

  const set = async (projectId: number, fields: Fields): Promise<bigint> => {
    const { project } = await client.getProject({ projectId }, administrator);
    const paths = Object.keys(fields).map((name) => name.replace(/[A-Z]/g, (it) => `_${it.toLowerCase()}`));
    const changed = await client.updateProject(
      {
        requestId: randomUUID(),
        project: { ...fields, projectId },
        updateMask: { paths },
        expectedRevision: project?.revision ?? 0n,
      },
      administrator,
    );
    return changed.acknowledgement?.revision ?? 0n;
  };
  return {
    auth,
    address: running.address,
    as: (person: PersonName) => auth.as(person),
    client,
    events,
    exchange,
    favourites: createClient(FavouriteService, connection),
    licences: createClient(LicenceService, connection),
    areas,
    config,
    database,
    set,
    project: async (status, fields = {}) => {
      const project = { name: "Escuintla", area: square(), ...fields };
      const created = await client.createProject({ requestId: randomUUID(), project }, administrator);
      const projectId = Number(created.acknowledgement?.name.replace("projects/", ""));
      if (status !== ProjectStatus.DRAFT) await set(projectId, { status: ProjectStatus.PUBLISHED });
      if (status === ProjectStatus.ARCHIVED) await set(projectId, { status });
      return projectId;
    },
    count: async (table) => {
      const { sql } = database;
      const [row] = await sql<{ count: number }[]>`select count(*)::integer as count from ${sql(table)}`;
      return row?.count ?? -1;
    },
    stop: async () => {
      connection.close();
      await running.stop();
      await auth.stop();
      await database.drop();
    },
  };
}

/** A square of `degrees` to the north-east of a point, as contracts want it. */
export function square(degrees = 0.1, west = 10, south = 20): MultiPolygon {
  const [east, north] = [west + degrees, south + degrees];
  return create(MultiPolygonSchema, {
    coordinates: [west, south, east, south, east, north, west, north, west, south],
    ringLengths: [5],
    polygonLengths: [1],
  });
}

/** A ring of a number of vertices around a point. */
export function circle(vertices: number, degrees = 0.1): MultiPolygon {
  const angle = (2 * Math.PI) / vertices;
  const coordinates = Array.from({ length: vertices }, (_, i) => [
    10 + degrees * Math.cos(i * angle),
    20 + degrees * Math.sin(i * angle),
  ]).flat();
  coordinates.push(...coordinates.slice(0, 2));
  return create(MultiPolygonSchema, { coordinates, ringLengths: [vertices + 1], polygonLengths: [1] });
}

/** How a call was refused: fails where it succeeds, and where its error carries no reason. */
export async function refusalOf(
  call: Promise<unknown>,
): Promise<{ reason: string; metadata: object; violations: readonly FieldViolation[] }> {
  const error = ConnectError.from(await failureOf(call));
  const refusal = refusalIn(error);
  if (refusal === undefined) throw new Error("the error carries no reason", { cause: error });
  return { reason: refusal.reason.name, metadata: refusal.metadata, violations: refusal.violations };
}

/** The error that a call ends with. */
export async function failureOf(call: Promise<unknown>): Promise<ConnectError> {
  const outcome = await call.then(
    () => undefined,
    (error: unknown) => ConnectError.from(error),
  );
  if (outcome === undefined) throw new Error("the call succeeded");
  return outcome;
}
