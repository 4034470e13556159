import { create, type DescEnum } from "@bufbuild/protobuf";
import {
  MappingTypeSchema,
  ProjectDifficultySchema,
  ProjectPrioritySchema,
  ProjectStatusSchema,
} from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import {
  type FacetCounts,
  FacetCountsSchema,
  ProjectFacet,
} from "@tessera/contracts/tessera/project/v1/search_pb.ts";

/** The most values of a facet. */
const VALUES_MAX = 100;

/** The values of these facets are numbers of an enum. */
const ENUMS: Partial<Record<ProjectFacet, DescEnum>> = {
  [ProjectFacet.STATUS]: ProjectStatusSchema,
  [ProjectFacet.PRIORITY]: ProjectPrioritySchema,
  [ProjectFacet.DIFFICULTY]: ProjectDifficultySchema,
  [ProjectFacet.MAPPING_TYPE]: MappingTypeSchema,
};

/** How many projects have these values, as the database counts lists of them. */
export interface ValueCount {
  values: readonly (string | number)[];
  projects: number;
}

/** The counts of one facet, the commonest value first. */
export function facetCounts(facet: ProjectFacet, counted: readonly ValueCount[]): FacetCounts {
  const byValue = new Map<string, number>();
  for (const { values, projects } of counted) {
    for (const value of new Set(values)) {
      // No organisation is no value.
      if (facet === ProjectFacet.ORGANISATION && value === 0) continue;
      const name = textOf(facet, value);
      byValue.set(name, (byValue.get(name) ?? 0) + projects);
    }
  }
  const counts = [...byValue]
    .map(([value, projectCount]) => ({ value, projectCount }))
    .sort((one, other) => other.projectCount - one.projectCount || (one.value < other.value ? -1 : 1));
  return create(FacetCountsSchema, { facet, counts: counts.slice(0, VALUES_MAX) });
}

function textOf(facet: ProjectFacet, value: string | number): string {
  return ENUMS[facet]?.values.find(({ number }) => number === value)?.name ?? String(value);
}
