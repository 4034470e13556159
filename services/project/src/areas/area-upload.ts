import { create } from "@bufbuild/protobuf";
import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import {
  type AreaFault,
  AreaFaultSchema,
  type AreaUpload,
} from "@tessera/contracts/tessera/project/v1/area_upload_pb.ts";
import { TextKind } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { plainText } from "@tessera/rpc/validation/text.ts";
import { withFields } from "@tessera/rpc/validation/validation.ts";
import type { FoundFault } from "../area-files/file-fault.ts";
import { areaTooLarge } from "../refusals.ts";
import type { Survey } from "../survey/measure-area.ts";
import { areaFaulty } from "./refusals.ts";
import type { AreaLimits } from "./survey-area.ts";

const FIELD = "area_upload_id";

/** A fault as the contract has it. What it quotes of the file is shown to people. */
export function toFault({ rule, description, path, point }: FoundFault): AreaFault {
  return create(AreaFaultSchema, {
    rule,
    description: plainText(TextKind.LINE, description),
    path: plainText(TextKind.LINE, path),
    ...(point && { place: point }),
  });
}

/**
 * The area of an upload, as a project may have it. It was checked when it was uploaded. Refuses in this order:
 * AREA_INVALID, AREA_TOO_LARGE.
 */
export function areaOfUpload(upload: AreaUpload, limits: AreaLimits): { area: MultiPolygon; survey: Survey } {
  const { area, boundingBox, centroid, faults, vertexCount, areaSquareKilometres = 0, countries } = upload;
  if (faults.length > 0 || !area || !boundingBox || !centroid) {
    throw areaFaulty(
      faults.map((it) => ({ ...it, rule: it.rule as FoundFault["rule"], point: it.place as never })),
      FIELD,
    );
  }
  if (vertexCount > limits.vertices) throw areaTooLarge("vertices", vertexCount, limits.vertices, FIELD);
  if (areaSquareKilometres > limits.squareKilometres) {
    throw areaTooLarge("square_kilometres", Math.ceil(areaSquareKilometres), limits.squareKilometres, FIELD);
  }
  return {
    area,
    survey: {
      boundingBox: withFields(boundingBox, "west", "south", "east", "north"),
      centroid,
      areaSquareKilometres,
      countries,
    },
  };
}
