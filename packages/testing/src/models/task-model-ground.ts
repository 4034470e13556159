import { create } from "@bufbuild/protobuf";
import { MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { Permission, ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { requestId } from "../ground/door.ts";
import type { TestSystem } from "../system.ts";

export type Signed = Awaited<ReturnType<TestSystem["signIn"]>>;

const SIDE_DEGREES = 0.01;
const WEST = 10;
const SOUTH = 10;

/** A published project with a number of square tasks side by side. Returns its id. */
export async function squaresInARow(
  system: TestSystem,
  admin: Signed,
  count: number,
  validationPermission: Permission = Permission.LEVEL,
): Promise<number> {
  const project = { name: "Squares", area: box(0, count), validationPermission };
  const created = await system.project.createProject({ requestId: requestId(), project }, admin);
  const projectId = Number(created.acknowledgement?.name.split("/")[1]);
  const published = { projectId, status: ProjectStatus.PUBLISHED };
  const change = { project: published, updateMask: { paths: ["status"] }, expectedRevision: 1n };
  await system.project.updateProject({ requestId: requestId(), ...change }, admin);
  const areas = Array.from({ length: count }, (_, index) => box(index, 1));
  await system.task.createTasks({ requestId: requestId(), projectId, areas }, admin);
  const { operation } = await system.task.waitOperation({ projectId, operationId: 1 }, admin);
  if (!operation?.done || operation.error) throw new Error(`no tasks: ${operation?.error?.reason}`);
  return projectId;
}

function box(from: number, width: number) {
  const west = WEST + from * SIDE_DEGREES;
  const east = WEST + (from + width) * SIDE_DEGREES;
  const north = SOUTH + SIDE_DEGREES;
  return create(MultiPolygonSchema, {
    coordinates: [west, SOUTH, east, SOUTH, east, north, west, north, west, SOUTH],
    ringLengths: [5],
    polygonLengths: [1],
  });
}

/** The number of the person whose calls carry this. */
export function userIdOf({ headers }: Signed): bigint {
  const claims = Buffer.from(headers.authorization.split(".")[1] ?? "", "base64url").toString();
  return BigInt((JSON.parse(claims) as { sub: string }).sub);
}
