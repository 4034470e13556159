/** The length of the equator. */
const EARTH_KILOMETRES = 40_075;
/** As the contract takes them. */
const ZOOM_MAX = 22;
/** What a first look proposes. */
const TASKS_PROPOSED = 200;
/** What a deployment takes at most, unless it is set up otherwise. */
const TASKS_MAX = 100_000;

/** The zooms that make sense for an area. */
export interface ZoomRange {
  least: number;
  most: number;
  proposed: number;
}

/** From the zoom at which the area is about one square to the one at which it is as many as are taken. */
export function zoomRange(squareKilometres: number, latitude: number): ZoomRange {
  const around = EARTH_KILOMETRES * Math.max(0.01, Math.cos((latitude * Math.PI) / 180));
  const zoomOf = (tasks: number) => Math.log2(around / Math.sqrt(Math.max(squareKilometres, 1e-6) / tasks));
  const within = (zoom: number) => Math.max(0, Math.min(ZOOM_MAX, zoom));
  const least = within(Math.floor(zoomOf(1)));
  const most = Math.max(least, within(Math.floor(zoomOf(TASKS_MAX))));
  const proposed = Math.max(least, Math.min(most, Math.round(zoomOf(TASKS_PROPOSED))));
  return { least, most, proposed };
}
