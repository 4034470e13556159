/** A datum, and points in it with their longitude and latitude in WGS 84 by the operation of EPSG, as PROJ 9.5.1 has them. */
export interface DatumPoints {
  code: number;
  /** The ellipsoid, and the names of the datum, as ESRI and as GDAL write them. */
  spheroid: string;
  datums: readonly string[];
  points: readonly (readonly [x: number, y: number, longitude: number, latitude: number])[];
}

export const DATUM_POINTS: readonly DatumPoints[] = [
  {
    code: 15929,
    spheroid: '"International_1924",6378388.0,297.0',
    datums: ["D_Belge_1972", "Reseau_National_Belge_1972"],
    points: [
      [3.479768173, 50.214557572, 3.481, 50.214],
      [4.313738046, 50.690548884, 4.315, 50.69],
      [5.147707372, 51.166540246, 5.149, 51.166],
    ],
  },
  {
    code: 1272,
    spheroid: '"GRS_1980",6378137.0,298.257222101',
    datums: ["D_GGRS_1987", "Greek_Geodetic_Reference_System_1987"],
    points: [
      [22.187375284, 36.938374546, 22.189, 36.941],
      [23.93329123, 38.312405887, 23.935, 38.315],
      [25.679204554, 39.686441044, 25.681, 39.689],
    ],
  },
  {
    code: 6960,
    spheroid: '"WGS_1984",6378137.0,298.257223563',
    datums: ["D_Vietnam_2000", "Vietnam_2000"],
    points: [
      [104.355194987, 12.852000173, 104.357, 12.851],
      [105.833173257, 15.866003779, 105.835, 15.865],
      [107.311146998, 18.880009137, 107.313, 18.879],
    ],
  },
  {
    code: 9676,
    spheroid: '"GRS_1980",6378137.0,298.257222101',
    datums: ["D_Israel", "Israel_1993"],
    points: [
      [34.625312227, 30.598620595, 34.626, 30.599],
      [34.929306023, 31.364626763, 34.93, 31.365],
      [35.233299669, 32.130632937, 35.234, 32.131],
    ],
  },
  {
    code: 1060,
    spheroid: '"WGS_1984",6378137.0,298.257223563',
    datums: ["D_NGN", "National_Geodetic_Network"],
    points: [
      [47.122015738, 28.997950111, 47.122, 28.998],
      [47.510015342, 29.309949863, 47.51, 29.31],
      [47.898014944, 29.621949616, 47.898, 29.622],
    ],
  },
  {
    code: 4833,
    spheroid: '"Bessel_1841",6377397.155,299.1528128',
    datums: ["Amersfoort", "D_Amersfoort"],
    points: [
      [4.406294608, 51.635925338, 4.406, 51.635],
      [5.21040901, 52.225996177, 5.21, 52.225],
      [6.014526541, 52.816066275, 6.014, 52.815],
    ],
  },
  {
    code: 1193,
    spheroid: '"Clarke_1880_IGN",6378249.2,293.466021293627',
    datums: ["D_NTF", "Nouvelle_Triangulation_Francaise"],
    points: [
      [-0.519229618, 44.259029884, -0.52, 44.259],
      [2.380686592, 46.225043702, 2.38, 46.225],
      [5.280595616, 48.191048052, 5.28, 48.191],
    ],
  },
  {
    code: 1777,
    spheroid: '"Bessel_1841",6377397.155,299.1528128',
    datums: ["D_Deutsches_Hauptdreiecksnetz", "Deutsches_Hauptdreiecksnetz"],
    points: [
      [8.614980228, 49.617104336, 8.614, 49.616],
      [10.451267841, 51.181275575, 10.45, 51.18],
      [12.28757539, 52.745442402, 12.286, 52.744],
    ],
  },
  {
    code: 5486,
    spheroid: '"International_1924",6378388.0,297.0',
    datums: ["D_Luxembourg_Reference_Frame", "Luxembourg_Reference_Frame"],
    points: [
      [5.968555279, 49.663936434, 5.97, 49.665],
      [6.128542502, 49.813933412, 6.13, 49.815],
      [6.288529635, 49.963930394, 6.29, 49.965],
    ],
  },
  {
    code: 1623,
    spheroid: '"Bessel_1841",6377397.155,299.1528128',
    datums: ["D_S_JTSK", "System_of_the_Unified_Trigonometrical_Cadastral_Network"],
    points: [
      [15.232100351, 48.729597524, 15.231, 48.729],
      [17.326441214, 49.395602608, 17.325, 49.395],
      [19.420787669, 50.061602205, 19.419, 50.061],
    ],
  },
  {
    code: 1896,
    spheroid: '"Bessel_1841",6377397.155,299.1528128',
    datums: ["D_RT_1990", "Rikets_koordinatsystem_1990"],
    points: [
      [14.274897698, 59.193506932, 14.272, 59.193],
      [17.103424875, 62.015833573, 17.1, 62.015],
      [19.93206342, 64.838152025, 19.928, 64.837],
    ],
  },
  {
    code: 10099,
    spheroid: '"International_1924",6378388.0,297.0',
    datums: ["D_KKJ", "Kartastokoordinaattijarjestelma_1966"],
    points: [
      [22.948588488, 62.851772846, 22.945, 62.852],
      [25.418728056, 64.919617738, 25.415, 64.92],
      [27.888883611, 66.987462449, 27.885, 66.988],
    ],
  },
  {
    code: 1242,
    spheroid: '"GRS_1967",6378160.0,298.247167427',
    datums: ["D_Hungarian_1972", "Hungarian_Datum_1972"],
    points: [
      [18.148102617, 46.592277075, 18.147, 46.592],
      [19.506122503, 47.160264469, 19.505, 47.16],
      [20.864142293, 47.728251499, 20.863, 47.728],
    ],
  },
  {
    code: 1766,
    spheroid: '"Bessel_1841",6377397.155,299.1528128',
    datums: ["CH1903", "D_CH1903"],
    points: [
      [7.319923374, 46.418259955, 7.319, 46.417],
      [8.226069049, 46.8162996, 8.225, 46.815],
      [9.132216674, 47.214338054, 9.131, 47.213],
    ],
  },
  {
    code: 1512,
    spheroid: '"International_1924",6378388.0,297.0',
    datums: ["D_Rassadiran", "Rassadiran"],
    points: [
      [52.562895173, 27.457085245, 52.563, 27.456],
      [52.604893601, 27.501084223, 52.605, 27.5],
      [52.646892027, 27.5450832, 52.647, 27.544],
    ],
  },
  {
    code: 1955,
    spheroid: '"Airy_1830",6377563.396,299.3249646',
    datums: ["D_OSNI_1952", "OSNI_1952"],
    points: [
      [-7.327165714, 54.379902307, -7.328, 54.38],
      [-6.759087839, 54.659934988, -6.76, 54.66],
      [-6.191008941, 54.939967328, -6.192, 54.94],
    ],
  },
  {
    code: 1130,
    spheroid: '"Clarke_1880_IGN",6378249.2,293.466021293627',
    datums: ["Carthage", "D_Carthage"],
    points: [
      [9.343481589, 32.68233077, 9.344, 32.684],
      [10.579411276, 34.318413307, 10.58, 34.32],
      [11.815337969, 35.954491078, 11.816, 35.956],
    ],
  },
  {
    code: 1564,
    spheroid: '"International_1924",6378388.0,297.0',
    datums: ["D_New_Zealand_1949", "New_Zealand_Geodetic_Datum_1949"],
    points: [
      [169.889909155, -43.52367073, 169.89, -43.522],
      [172.56986141, -40.77172952, 172.57, -40.77],
      [175.249817264, -38.019779598, 175.25, -38.018],
    ],
  },
  {
    code: 1314,
    spheroid: '"Airy_1830",6377563.396,299.3249646',
    datums: ["D_OSGB_1936", "Ordnance_Survey_of_Great_Britain_1936"],
    points: [
      [-5.596977267, 53.134753095, -5.598, 53.135],
      [-3.44863336, 55.364991363, -3.45, 55.365],
      [-1.300248103, 57.595226333, -1.302, 57.595],
    ],
  },
  {
    code: 1641,
    spheroid: '"Airy_Modified",6377340.189,299.3249646',
    datums: ["D_TM65", "TM65"],
    points: [
      [-8.993393415, 52.601679026, -8.994, 52.602],
      [-7.949255633, 53.409776979, -7.95, 53.41],
      [-6.905112579, 54.217874009, -6.906, 54.218],
    ],
  },
  {
    code: 1618,
    spheroid: '"Bessel_1841",6377397.155,299.1528128',
    datums: ["D_MGI", "Militar-Geographische_Institut"],
    points: [
      [11.822512721, 47.186526788, 11.822, 47.186],
      [13.350755919, 47.710541997, 13.35, 47.71],
      [14.87900253, 48.234554375, 14.878, 48.234],
    ],
  },
  {
    code: 7721,
    spheroid: '"WGS_1984",6378137.0,298.257223563',
    datums: ["Cyprus_Geodetic_Reference_System_1993", "D_Cyprus_Geodetic_Reference_System_1993"],
    points: [
      [32.935041041, 34.935000543, 32.935, 34.935],
      [33.425041435, 35.165000487, 33.425, 35.165],
      [33.915041824, 35.395000427, 33.915, 35.395],
    ],
  },
  {
    code: 15881,
    spheroid: '"WGS_1984",6378137.0,298.257223563',
    datums: ["D_ST87_Ouvea", "ST87_Ouvea"],
    points: [
      [166.52102473, -20.640992991, 166.521, -20.641],
      [166.575025245, -20.554992132, 166.575, -20.555],
      [166.629025759, -20.468991273, 166.629, -20.469],
    ],
  },
  {
    code: 1333,
    spheroid: '"GRS_1980",6378137.0,298.257222101',
    datums: ["D_Estonia_1992", "Estonia_1992"],
    points: [
      [23.678018144, 58.188997489, 23.678, 58.189],
      [24.97001824, 58.63499728, 24.97, 58.635],
      [26.262018329, 59.080997071, 26.262, 59.081],
    ],
  },
  {
    code: 15746,
    spheroid: '"WGS_1984",6378137.0,298.257223563',
    datums: ["D_Nakhl-e_Ghanem", "Nakhl-e_Ghanem"],
    points: [
      [52.141000933, 27.68399407, 52.141, 27.684],
      [52.175000933, 27.719994071, 52.175, 27.72],
      [52.209000932, 27.755994072, 52.209, 27.756],
    ],
  },
  {
    code: 9298,
    spheroid: '"GRS_1980",6378137.0,298.257222101',
    datums: ["Oman_National_Geodetic_Datum_2017"],
    points: [
      [55.407007152, 18.053011047, 55.407, 18.053],
      [57.685006432, 20.535010909, 57.685, 20.535],
      [59.963005679, 23.017010702, 59.963, 23.017],
    ],
  },
];

/**
 * Datums on the ellipsoid of WGS 84 that lie elsewhere, as EPSG and ESRI publish it, and how far, in metres; or of which
 * nobody says where they lie.
 */
export const ELSEWHERE_DATUMS: readonly (readonly [datum: string, metres: number | undefined])[] = [
  ["D_Xrail84", 40.2],
  ["Georgia_Geodetic_Datum", 6.5],
  ["Kuwait_Utility", undefined],
  ["D_GRS_1980", undefined],
  ["Not_specified_based_on_GRS_1980_ellipsoid", undefined],
];

/** Datums that proj4 shifts by their names alone, and that EPSG gives no shift of a few metres. */
export const UNPROVED_DATUMS: readonly (readonly [datum: string, spheroid: string])[] = [
  ["D_Gunung_Segara", '"Bessel_1841",6377397.155,299.1528128'],
  ["Gunung_Segara_Jakarta", '"Bessel_1841",6377397.155,299.1528128'],
  ["D_Hermannskogel", '"Bessel_1841",6377397.155,299.1528128'],
  ["Beduaram", '"Clarke_1880_IGN",6378249.2,293.4660212936265'],
  ["Militar-Geographische_Institut_(Ferro)", '"Bessel_1841",6377397.155,299.1528128'],
  ["Potsdam_Rauenberg_1950_DHDN", '"Bessel_1841",6377397.155,299.1528128'],
];
