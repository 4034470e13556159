/** The name and the ellipsoid of a datum, as a .prj file states them. */
export const DATUM =
  /DATUM\["([^"]*)",\s*((?:SPHEROID|ELLIPSOID)\["[^"]*",\s*([\d.]+),\s*([\d.]+)[^[\]]*(?:\[[^\]]*\])?[^[\]]*\])/i;

/** A datum, and how it is turned into WGS 84. */
export interface DatumShift {
  /** The operation of EPSG, by its code and its name. */
  code: number;
  operation: string;
  /** The names of the datum, as `plainName` writes them. */
  names: readonly string[];
  /** Half of the long axis of its ellipsoid, in metres: a name may stand for two datums. */
  axis: number;
  /** Metres, seconds of arc (position vector) and parts per million. */
  numbers: string;
  /** How far off it may be, in metres, as EPSG states it. */
  accuracyMetres: number;
  /** Where it holds: west, south, east, north. */
  area: readonly [west: number, south: number, east: number, north: number];
}

/** The datums that are shifted, each by the operation that PROJ uses. */
export const SHIFTS: readonly DatumShift[] = [
  {
    code: 15929,
    operation: "BD72 to WGS 84 (3)",
    names: ["reseau_national_belge_1972", "belge_1972"],
    axis: 6_378_388,
    numbers: "-106.8686,52.2978,-103.7239,0.3366,-0.457,1.8422,-1.2747",
    accuracyMetres: 1,
    area: [2.23, 49.5, 6.4, 51.88],
  },
  {
    code: 1272,
    operation: "GGRS87 to WGS 84 (1)",
    names: ["greek_geodetic_reference_system_1987", "ggrs_1987"],
    axis: 6_378_137,
    numbers: "-199.87,74.79,246.62,0,0,0,0",
    accuracyMetres: 1,
    area: [19.57, 34.88, 28.3, 41.75],
  },
  {
    code: 6960,
    operation: "VN-2000 to WGS 84 (2)",
    names: ["vietnam_2000"],
    axis: 6_378_137,
    numbers: "-191.90441429,-39.30318279,-111.45032835,0.00928836,-0.01975479,0.00427372,0.252906278",
    accuracyMetres: 1,
    area: [102.14, 8.33, 109.53, 23.4],
  },
  {
    code: 9676,
    operation: "Israel 1993 to WGS 84 (2)",
    names: ["israel", "israel_1993"],
    axis: 6_378_137,
    numbers: "23.772,17.49,17.859,-0.3132,-1.85274,1.67299,-5.4262",
    accuracyMetres: 0.5,
    area: [34.17, 29.45, 35.69, 33.28],
  },
  {
    code: 1060,
    operation: "NGN to WGS 84 (1)",
    names: ["national_geodetic_network", "ngn"],
    axis: 6_378_137,
    numbers: "-3.2,-5.7,2.8,0,0,0,0",
    accuracyMetres: 1,
    area: [46.54, 28.53, 48.48, 30.09],
  },
  {
    code: 4833,
    operation: "Amersfoort to WGS 84 (4)",
    names: ["amersfoort"],
    axis: 6_377_397.155,
    numbers: "565.4171,50.3319,465.5524,-0.398957388,0.343987817,-1.87740164,4.0725",
    accuracyMetres: 1,
    area: [3.2, 50.75, 7.22, 53.7],
  },
  {
    code: 1193,
    operation: "NTF to WGS 84 (1)",
    names: ["nouvelle_triangulation_francaise", "ntf"],
    axis: 6_378_249.2,
    numbers: "-168,-60,320,0,0,0,0",
    accuracyMetres: 2,
    area: [-4.87, 41.31, 9.63, 51.14],
  },
  // For what was West Germany; the operation for what was East Germany lies within 0.6 m of it there.
  {
    code: 1777,
    operation: "DHDN to WGS 84 (2)",
    names: ["deutsches_hauptdreiecksnetz"],
    axis: 6_377_397.155,
    numbers: "598.1,73.7,418.2,0.202,0.045,-2.455,6.7",
    accuracyMetres: 3,
    area: [5.86, 47.27, 15.04, 55.09],
  },
  {
    code: 5486,
    operation: "LUREF to WGS 84 (3)",
    names: ["luxembourg_reference_frame"],
    axis: 6_378_388,
    numbers: "-189.6806,18.3463,-42.7695,-0.33746,-3.09264,2.53861,0.4598",
    accuracyMetres: 1,
    area: [5.73, 49.44, 6.53, 50.19],
  },
  // For Czechia, with 1 m; the operation for Slovakia lies within 1.6 m of it there.
  {
    code: 1623,
    operation: "S-JTSK to WGS 84 (1)",
    names: [
      "s_jtsk",
      "system_of_the_unified_trigonometrical_cadastral_network",
      "system_jednotne_trigonometricke_site_katastralni",
    ],
    axis: 6_377_397.155,
    numbers: "570.8,85.7,462.8,4.998,1.587,5.261,3.56",
    accuracyMetres: 2,
    area: [12.09, 47.73, 22.56, 51.06],
  },
  {
    code: 1896,
    operation: "RT90 to WGS 84 (2)",
    names: ["rikets_koordinatsystem_1990", "rt_1990"],
    axis: 6_377_397.155,
    numbers: "414.1,41.3,603.1,-0.855,2.141,-7.023,0",
    accuracyMetres: 1,
    area: [10.03, 54.96, 24.17, 69.07],
  },
  {
    code: 10099,
    operation: "KKJ to WGS 84 (2)",
    names: ["kartastokoordinaattijarjestelma_1966", "kkj"],
    axis: 6_378_388,
    numbers: "-96.062,-82.428,-121.753,4.801,0.345,-1.376,1.496",
    accuracyMetres: 1,
    area: [19.24, 59.75, 31.59, 70.09],
  },
  {
    code: 1242,
    operation: "HD72 to WGS 84 (4)",
    names: ["hungarian_datum_1972", "hungarian_1972"],
    axis: 6_378_160,
    numbers: "52.17,-71.82,-14.9,0,0,0,0",
    accuracyMetres: 1,
    area: [16.11, 45.74, 22.9, 48.58],
  },
  {
    code: 1766,
    operation: "CH1903 to WGS 84 (2)",
    names: ["ch1903", "ch1903+"],
    axis: 6_377_397.155,
    numbers: "674.374,15.056,405.346,0,0,0,0",
    accuracyMetres: 1.5,
    area: [5.96, 45.82, 10.49, 47.81],
  },
  {
    code: 1512,
    operation: "Rassadiran to WGS 84 (1)",
    names: ["rassadiran"],
    axis: 6_378_388,
    numbers: "-133.63,-157.5,-158.62,0,0,0,0",
    accuracyMetres: 0.5,
    area: [52.5, 27.39, 52.71, 27.61],
  },
  {
    code: 1955,
    operation: "OSNI 1952 to WGS 84 (1)",
    names: ["osni_1952"],
    axis: 6_377_563.396,
    numbers: "482.5,-130.6,564.6,-1.042,-0.214,-0.631,8.15",
    accuracyMetres: 1,
    area: [-8.18, 53.96, -5.34, 55.36],
  },
  {
    code: 1130,
    operation: "Carthage to WGS 84 (1)",
    names: ["carthage"],
    axis: 6_378_249.2,
    numbers: "-263,6,431,0,0,0,0",
    accuracyMetres: 14,
    area: [7.49, 30.23, 13.67, 38.41],
  },
  {
    code: 1564,
    operation: "NZGD49 to WGS 84 (2)",
    names: ["new_zealand_geodetic_datum_1949", "new_zealand_1949"],
    axis: 6_378_388,
    numbers: "59.47,-5.04,187.44,0.47,-0.1,1.024,-4.5993",
    accuracyMetres: 4,
    area: [165.87, -47.65, 179.27, -33.89],
  },
  {
    code: 1314,
    operation: "OSGB36 to WGS 84 (6)",
    names: ["ordnance_survey_of_great_britain_1936", "osgb_1936"],
    axis: 6_377_563.396,
    numbers: "446.448,-125.157,542.06,0.15,0.247,0.842,-20.489",
    accuracyMetres: 2,
    area: [-8.82, 49.79, 1.92, 60.94],
  },
  {
    code: 1641,
    operation: "TM65 to WGS 84 (2)",
    names: ["tm65", "tm75", "geodetic_datum_of_1965"],
    axis: 6_377_340.189,
    numbers: "482.5,-130.6,564.6,-1.042,-0.214,-0.631,8.15",
    accuracyMetres: 1,
    area: [-10.56, 51.39, -5.34, 55.43],
  },
  {
    code: 1618,
    operation: "MGI to WGS 84 (3)",
    names: ["mgi", "militar_geographische_institut", "militar_geographische_institute"],
    axis: 6_377_397.155,
    numbers: "577.326,90.129,463.919,5.137,1.474,5.297,2.4232",
    accuracyMetres: 1.5,
    area: [9.53, 46.4, 17.17, 49.02],
  },
  {
    code: 7721,
    operation: "CGRS93 to WGS 84 (1)",
    names: ["cyprus_geodetic_reference_system_1993"],
    axis: 6_378_137,
    numbers: "8.846,-4.394,-1.122,-0.00237,-0.146528,0.130428,0.783926",
    accuracyMetres: 1,
    area: [32.2, 34.59, 34.65, 35.74],
  },
  {
    code: 15881,
    operation: "ST87 Ouvea to WGS 84 (2)",
    names: ["st87_ouvea"],
    axis: 6_378_137,
    numbers: "-56.263,16.136,-22.856,0,0,0,0",
    accuracyMetres: 1,
    area: [166.44, -20.77, 166.71, -20.34],
  },
  {
    code: 1333,
    operation: "EST92 to WGS 84 (1)",
    names: ["estonia_1992"],
    axis: 6_378_137,
    numbers: "0.055,-0.541,-0.185,0.0183,-0.0003,-0.007,-0.014",
    accuracyMetres: 0.5,
    area: [21.74, 57.52, 28.2, 59.75],
  },
  {
    code: 15746,
    operation: "Nakhl-e Ghanem to WGS 84 (6)",
    names: ["nakhl_e_ghanem"],
    axis: 6_378_137,
    numbers: "0,-0.15,0.68,0,0,0,0",
    accuracyMetres: 0.2,
    area: [52.09, 27.63, 52.26, 27.81],
  },
  {
    code: 9298,
    operation: "ONGD17 to WGS 84 (1)",
    names: ["oman_national_geodetic_datum_2017"],
    axis: 6_378_137,
    numbers: "1.16835,-1.42001,-2.24431,-0.00822,-0.05508,0.01818,0.23388",
    accuracyMetres: 0.1,
    area: [51.99, 14.33, 63.38, 26.74],
  },
];

/** A datum's name without what programs write it with: "D_Israel_1993" and "Israel 1993" are one. */
export function plainName(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, "_")
    .replace(/^d_/, "");
}

/** Datums on the ellipsoid of WGS 84 that lie elsewhere, or of which nobody says where they lie, by their plain names. */
export const ELSEWHERE =
  /^kuwait_utility|^kudams|^ig05.*intermediate|^xrail84|^georgia_geodetic|^(grs_1980|gem_10c)$|unknown|not_specified|unspecified|undefined/i;
