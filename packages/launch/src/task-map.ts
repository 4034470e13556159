/** A task of the GeoJSON FeatureCollection that the gateway answers. */
export interface TaskFeature {
  id: number;
  geometry: { coordinates: number[][][][] };
  properties: { state: string; lock?: { purpose: string } };
}

const COLOURS: Record<string, string> = {
  TASK_STATE_READY: "#ffffff",
  TASK_STATE_MAPPED: "#9ecae1",
  TASK_STATE_VALIDATED: "#74c476",
  TASK_STATE_INVALIDATED: "#fdae6b",
  TASK_STATE_BAD_IMAGERY: "#bdbdbd",
};
const LOCKED = "#3182bd";
const WIDTH = 900;
const LEGEND = 30;

/** Draws a project's tasks by state, as SVG. A task that somebody holds has a heavy border. */
export function taskMap(title: string, tasks: readonly TaskFeature[]): string {
  const positions = tasks.flatMap(({ geometry }) => geometry.coordinates.flat(2)).map((it) => mercator(it));
  const west = Math.min(...positions.map(([x]) => x));
  const east = Math.max(...positions.map(([x]) => x));
  const south = Math.min(...positions.map(([, y]) => y));
  const north = Math.max(...positions.map(([, y]) => y));
  const scale = WIDTH / (east - west);
  const height = Math.ceil((north - south) * scale);
  const point = (position: number[]) => {
    const [x, y] = mercator(position);
    return `${((x - west) * scale).toFixed(1)},${((north - y) * scale).toFixed(1)}`;
  };
  const shapes = tasks.map(({ id, geometry, properties }) => {
    const path = geometry.coordinates.flat().map((ring) => `M${ring.map(point).join("L")}Z`);
    const lock = properties.lock === undefined ? "" : ` stroke="${LOCKED}" stroke-width="3"`;
    const label = `<title>${id}: ${stateName(properties.state)}</title>`;
    return `<path d="${path.join("")}" fill="${COLOURS[properties.state]}"${lock}>${label}</path>`;
  });
  // What is locked comes last, so that its border is not covered.
  shapes.sort((one, other) => Number(one.includes(LOCKED)) - Number(other.includes(LOCKED)));
  const legend = Object.entries(COLOURS).map(([state, colour], index) => {
    const count = tasks.filter(({ properties }) => properties.state === state).length;
    const x = 5 + index * 175;
    return `<rect x="${x}" y="${height + 8}" width="14" height="14" fill="${colour}"/><text x="${x + 20}" y="${height + 20}" stroke="none">${stateName(state)} ${count}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-5 -5 ${WIDTH + 10} ${height + LEGEND + 10}" font-family="sans-serif" font-size="13">
<title>${title}</title>
<rect x="-5" y="-5" width="100%" height="100%" fill="#f7f7f7"/>
<g stroke="#636363" stroke-width="0.5" fill-rule="evenodd">
${[...shapes, ...legend].join("\n")}
</g>
</svg>
`;
}

/** Longitude and latitude in degrees, to web mercator with the world from 0 to 1. */
function mercator([longitude = 0, latitude = 0]: number[]): [number, number] {
  return [longitude / 360, Math.asinh(Math.tan((latitude * Math.PI) / 180)) / (2 * Math.PI)];
}

function stateName(state: string): string {
  return state.replace("TASK_STATE_", "").toLowerCase().replace("_", " ");
}
