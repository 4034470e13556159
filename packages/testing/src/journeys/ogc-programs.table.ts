/** A request of a program for maps: what it accepts, and the path. `*` is the token of the page before. */
export type Request = readonly [accept: keyof typeof ACCEPTED, path: string];

/** What a program for maps did, asked for, and said. */
export interface Fact {
  action: string;
  /** How to make it do that again. */
  command: string;
  requests: readonly Request[];
  /** The features that it read, by their ids; or how many. */
  said: { ids: readonly number[] } | { count: number };
}

/** What the programs send as Accept. */
export const ACCEPTED = {
  json: "application/json",
  features: "application/geo+json, application/json",
  schema: "application/schema+json",
  api: "application/vnd.oai.openapi+json;version=3.0, application/openapi+json;version=3.0, application/json",
} as const;

const LAYER = "/ogc/collections/project-1-tasks";
const OPEN: Request[] = [
  ["json", "/ogc/collections"],
  ["schema", `${LAYER}/schema`],
  ["features", `${LAYER}/items?limit=10`],
];
/** GDAL reads the API's description before it filters. */
const OPEN_TO_FILTER: Request[] = [...OPEN, ["json", "/ogc"], ["api", "/ogc/api"]];

/**
 * What GDAL 3.6.2 (Debian 12) did with the ground of these tests (ogc-ground.ts). A proxy in front of the gateway wrote down
 * what it asked for; what it said of features is the end of its output. HOST is the gateway.
 */
export const GDAL: readonly Fact[] = [
  {
    action: "lists the layers",
    command: "ogrinfo -ro OAPIF:http://HOST/ogc",
    requests: [
      ["json", "/ogc/collections"],
      ["schema", "/ogc/collections/projects/schema"],
      ["features", "/ogc/collections/projects/items?limit=10"],
      ["schema", "/ogc/collections/project-2-tasks/schema"],
      ["features", "/ogc/collections/project-2-tasks/items?limit=10"],
      ["schema", `${LAYER}/schema`],
      ["features", `${LAYER}/items?limit=10`],
    ],
    said: { count: 10 },
  },
  {
    action: "reads a layer's description",
    command: "ogrinfo -ro -so OAPIF:http://HOST/ogc project-1-tasks",
    requests: [...OPEN],
    said: { count: 10 },
  },
  {
    action: "reads a layer's description by its own URL",
    command: "ogrinfo -ro -so OAPIF:http://HOST/ogc/collections/project-1-tasks",
    requests: [
      ["json", `${LAYER}`],
      ["schema", `${LAYER}/schema`],
      ["features", `${LAYER}/items?limit=10`],
    ],
    said: { count: 10 },
  },
  {
    action: "reads all features, page by page",
    command: "ogrinfo -ro -geom=NO -oo PAGE_SIZE=20 OAPIF:http://HOST/ogc project-1-tasks",
    requests: [
      ["json", "/ogc/collections"],
      ["schema", `${LAYER}/schema`],
      ["features", `${LAYER}/items?limit=20`],
      ["features", `${LAYER}/items?limit=20`],
      ["features", `${LAYER}/items?limit=20&page_token=*`],
      ["features", `${LAYER}/items?limit=20&page_token=*`],
    ],
    said: { count: 49 },
  },
  {
    action: "filters by a text",
    command:
      "ogrinfo -ro -geom=NO -where 'state='TASK_STATE_READY' AND task_id=7' OAPIF:http://HOST/ogc project-1-tasks",
    requests: [
      ...OPEN_TO_FILTER,
      ["features", `${LAYER}/items?limit=10&state=TASK_STATE_READY&task_id=7`],
      ["features", `${LAYER}/items?limit=10&state=TASK_STATE_READY&task_id=7`],
    ],
    said: { ids: [7] },
  },
  {
    action: "filters by a number",
    command: "ogrinfo -ro -geom=NO -where task_id=3 OAPIF:http://HOST/ogc project-1-tasks",
    requests: [
      ...OPEN_TO_FILTER,
      ["features", `${LAYER}/items?limit=10&task_id=3`],
      ["features", `${LAYER}/items?limit=10&task_id=3`],
    ],
    said: { ids: [3] },
  },
  {
    action: "filters by true and false",
    command: "ogrinfo -ro -geom=NO -where outside_area=1 OAPIF:http://HOST/ogc project-1-tasks",
    requests: [
      ...OPEN_TO_FILTER,
      ["features", `${LAYER}/items?limit=10&outside_area=1`],
      ["features", `${LAYER}/items?limit=10&outside_area=1`],
    ],
    said: { count: 0 },
  },
  {
    action: "filters by the holder of a lock",
    command:
      "ogrinfo -ro -geom=NO -where '\"lock.holder_user_id\"='HOLDER'' OAPIF:http://HOST/ogc project-1-tasks",
    requests: [
      ...OPEN_TO_FILTER,
      ["features", `${LAYER}/items?limit=10&lock.holder_user_id=HOLDER`],
      ["features", `${LAYER}/items?limit=10&lock.holder_user_id=HOLDER`],
    ],
    said: { ids: [3] },
  },
  {
    action: "filters by a time",
    command:
      "ogrinfo -ro -geom=NO -where 'update_time > '2026/01/01 00:00:00' AND task_id=3' OAPIF:http://HOST/ogc project-1-tasks",
    requests: [
      ...OPEN_TO_FILTER,
      ["features", `${LAYER}/items?limit=10&datetime=2026-01-01T00:00:00Z%2F..&task_id=3`],
      ["features", `${LAYER}/items?limit=10&datetime=2026-01-01T00:00:00Z%2F..&task_id=3`],
    ],
    said: { ids: [3] },
  },
  {
    action: "filters by a date",
    command: "ogrinfo -ro -geom=NO -where 'update_time < '2026/01/01'' OAPIF:http://HOST/ogc project-1-tasks",
    requests: [
      ...OPEN_TO_FILTER,
      ["features", `${LAYER}/items?limit=10&datetime=..%2F2026-01-01T`],
      ["features", `${LAYER}/items?limit=10&datetime=..%2F2026-01-01T`],
    ],
    said: { count: 0 },
  },
  {
    action: "reads features in a box",
    command: "ogrinfo -ro -geom=NO -spat 10.01 10.01 10.02 10.02 OAPIF:http://HOST/ogc project-1-tasks",
    requests: [
      ...OPEN_TO_FILTER,
      [
        "features",
        `${LAYER}/items?limit=10&bbox=10.0099999999999998,10.0099999999999998,10.0199999999999996,10.0199999999999996`,
      ],
      [
        "features",
        `${LAYER}/items?limit=10&bbox=10.0099999999999998,10.0099999999999998,10.0199999999999996,10.0199999999999996`,
      ],
    ],
    said: { ids: [43, 44] },
  },
  {
    action: "reads one feature",
    command: "ogrinfo -ro -geom=NO -fid 3 OAPIF:http://HOST/ogc project-1-tasks",
    requests: [...OPEN, ["features", `${LAYER}/items/3`]],
    said: { ids: [3] },
  },
  {
    action: "reads projects",
    command: "ogrinfo -ro -geom=NO -where 'status='PROJECT_STATUS_PUBLISHED'' OAPIF:http://HOST/ogc projects",
    requests: [
      ["json", "/ogc/collections"],
      ["schema", "/ogc/collections/projects/schema"],
      ["features", "/ogc/collections/projects/items?limit=10"],
      ["json", "/ogc"],
      ["api", "/ogc/api"],
      ["features", "/ogc/collections/projects/items?limit=10&status=PROJECT_STATUS_PUBLISHED"],
      ["features", "/ogc/collections/projects/items?limit=10&status=PROJECT_STATUS_PUBLISHED"],
    ],
    said: { ids: [2, 1] },
  },
];

const LAYER_IN_QGIS: Request[] = [
  ["json", "/ogc"],
  ["api", "/ogc/api"],
  ["json", LAYER],
  ["features", `${LAYER}/items?limit=10`],
];
const QGIS_LAYER = `QgsVectorLayer("url='http://HOST/ogc' typename='project-1-tasks'", "t", "OAPIF")`;

/** What QGIS 3.22.16 (python3-qgis of Debian 12) did with the same. The size of its pages is the default of the API's description. */
export const QGIS: readonly Fact[] = [
  {
    action: "reads all features",
    command: `len(list(${QGIS_LAYER}.getFeatures()))`,
    requests: [...LAYER_IN_QGIS, ["features", `${LAYER}/items?limit=1000`]],
    said: { count: 49 },
  },
  {
    action: "filters by a time",
    command: `len(list(${QGIS_LAYER.replace(`'"`, `' filter='update_time > \\'2026-01-01T00:00:00Z\\''"`)}.getFeatures()))`,
    requests: [
      ...LAYER_IN_QGIS,
      ["features", `${LAYER}/items?limit=1000&datetime=2026-01-01T00:00:00Z%2F9999-12-31T00:00:00Z`],
    ],
    said: { count: 49 },
  },
];
