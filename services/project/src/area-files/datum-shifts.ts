/** The name and the ellipsoid of a datum, as a .prj file states them. */
export const DATUM =
  /DATUM\["([^"]*)",\s*((?:SPHEROID|ELLIPSOID)\["[^"]*",\s*([\d.]+),\s*([\d.]+)[^[\]]*(?:\[[^\]]*\])?[^[\]]*\])/i;

/**
 * Datums whose shift to WGS 84 proj4 does not know, or has wrong: how EPSG calls the shift, the names of the datum, and
 * metres, seconds of arc (position vector) and parts per million.
 */
export const SHIFTS: readonly (readonly [shift: string, names: RegExp, numbers: string])[] = [
  [
    "Belge 1972 to WGS 84 (3)",
    /^(d_)?(reseau_national_belge_1972|belge_1972)$/i,
    "-106.8686,52.2978,-103.7239,0.3366,-0.457,1.8422,-1.2747",
  ],
  [
    "GGRS87 to WGS 84 (1)",
    /^(d_)?(greek_geodetic_reference_system_1987|ggrs_1987)$/i,
    "-199.87,74.79,246.62,0,0,0,0",
  ],
  [
    "VN-2000 to WGS 84 (2)",
    /^(d_)?(vietnam_2000)$/i,
    "-191.90441429,-39.30318279,-111.45032835,0.00928836,-0.01975479,0.00427372,0.252906278",
  ],
  [
    "Israel 1993 to WGS 84 (2)",
    /^(d_)?(israel(_1993)?)$/i,
    "23.772,17.49,17.859,-0.3132,-1.85274,1.67299,-5.4262",
  ],
  ["NGN to WGS 84 (1)", /^(d_)?(national_geodetic_network|ngn)$/i, "-3.2,-5.7,2.8,0,0,0,0"],
  [
    "Amersfoort to WGS 84 (4)",
    /^(d_)?(amersfoort)$/i,
    "565.4171,50.3319,465.5524,-0.398957388,0.343987817,-1.87740164,4.0725",
  ],
  ["NTF to WGS 84 (1)", /^(d_)?(nouvelle_triangulation_francaise|ntf)$/i, "-168,-60,320,0,0,0,0"],
  ["DHDN to WGS 84 (2)", /^(d_)?(deutsches_hauptdreiecksnetz)$/i, "598.1,73.7,418.2,0.202,0.045,-2.455,6.7"],
  [
    "LUREF to WGS 84 (3)",
    /^(d_)?(luxembourg_reference_frame)$/i,
    "-189.6806,18.3463,-42.7695,-0.33746,-3.09264,2.53861,0.4598",
  ],
  [
    "S-JTSK to WGS 84 (1)",
    /^(d_)?(system_of_the_unified_trigonometrical_cadastral_network|s_jtsk)$/i,
    "570.8,85.7,462.8,4.998,1.587,5.261,3.56",
  ],
  [
    "RT90 to WGS 84 (2)",
    /^(d_)?(rikets_koordinatsystem_1990|rt_1990)$/i,
    "414.1,41.3,603.1,-0.855,2.141,-7.023,0",
  ],
  [
    "KKJ to WGS 84 (2)",
    /^(d_)?(kartastokoordinaattijarjestelma_1966|kkj)$/i,
    "-96.062,-82.428,-121.753,4.801,0.345,-1.376,1.496",
  ],
  ["HD72 to WGS 84 (4)", /^(d_)?(hungarian(_datum)?_1972)$/i, "52.17,-71.82,-14.9,0,0,0,0"],
];

/** Datums on the ellipsoid of WGS 84 that lie elsewhere, or of which nobody says where they lie. */
export const ELSEWHERE =
  /kuwait_utility|^(d_)?kudams|ig05.*intermediate|unknown|not_specified|unspecified|undefined/i;
