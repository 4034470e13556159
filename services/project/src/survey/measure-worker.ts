import { parentPort, workerData } from "node:worker_threads";
import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { type PackedAreas, unpackAreas } from "@tessera/geometry/areas/packed-areas.ts";
import { measureArea } from "./measure-area.ts";

const area = unpackAreas(workerData as PackedAreas).next().value as MultiPolygon;
parentPort?.postMessage(measureArea(area));
