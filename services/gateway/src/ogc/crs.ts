/** The reference system of all positions here: longitude and latitude (RFC 7946). */
export const CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";
