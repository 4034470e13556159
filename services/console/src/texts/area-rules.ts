import type { AreaFault } from "@tessera/contracts/tessera/project/v1/area_upload_pb.ts";
import type { Language } from "./languages.ts";

/** The rules of areas and their files in French. In English the service says them itself, with what it found. */
const FRENCH: Readonly<Record<string, string>> = {
  "file-empty": "Le fichier est vide.",
  "format-unknown":
    "Ce fichier n’est dans aucun des formats lus : GeoJSON, KML, KMZ, GPX, shapefile (zip), XML d’OpenStreetMap.",
  "memory-exhausted": "La lecture de ce fichier demande trop de mémoire.",
  "time-exhausted": "La lecture de ce fichier dure trop longtemps.",
  "part-missing": "Le fichier renvoie à une partie qui n’y est pas. Enregistrez-le avec toutes ses parties.",
  "too-many-vertices": "Il y a trop de sommets. Simplifiez le contour.",
  "too-many-rings": "Il y a trop d’anneaux.",
  "area-too-large": "La zone est trop grande ici. Faites-en plusieurs projets.",
  "gzip-malformed": "Le fichier gzip est abîmé ou coupé.",
  "gzip-of-archive": "Un fichier gzip ne peut contenir qu’un seul fichier, pas une archive.",
  "archive-malformed": "L’archive est abîmée ou coupée.",
  "archive-in-parts": "C’est une partie d’une archive découpée. Envoyez l’archive en un seul morceau.",
  "archive-encrypted": "L’archive est chiffrée. Envoyez-la sans mot de passe.",
  "archive-compression-not-taken": "L’archive utilise une compression qui n’est pas lue. Utilisez Deflate.",
  "archive-too-many-entries": "L’archive contient trop de fichiers.",
  "archive-inflates-too-far": "Le contenu décompressé du fichier est trop grand.",
  "archive-without-area": "L’archive ne contient aucun fichier avec une zone.",
  "archive-ambiguous": "L’archive contient plusieurs fichiers avec une zone. Envoyez celui que vous voulez.",
  "text-malformed": "Le texte n’est ni en UTF-8 ni dans l’encodage qu’il déclare. Enregistrez-le en UTF-8.",
  "json-malformed": "Ce n’est pas du JSON bien formé.",
  "xml-malformed": "Ce n’est pas du XML bien formé.",
  "xml-has-dtd": "Le XML contient une déclaration de type de document (DTD), qui n’est pas lue.",
  "xml-too-deep": "Les éléments sont imbriqués trop profondément.",
  "boundary-not-one":
    "Un polygone KML doit avoir un seul contour extérieur. Écrivez un polygone pour chacun.",
  "shapefile-malformed": "Le shapefile est abîmé ou coupé.",
  "shapefile-index-differs": "L’index (.shx) ne va pas avec le fichier .shp.",
  "rings-too-intricate": "Les anneaux sont trop embrouillés pour distinguer les contours des trous.",
  "crs-not-taken":
    "La projection que nomme le fichier .prj n’est pas connue. Enregistrez en WGS 84 (EPSG:4326).",
  "crs-not-wgs84": "Les coordonnées doivent être en WGS 84 (CRS84, EPSG:4326).",
  "not-an-object": "Il faut ici un objet GeoJSON.",
  "type-not-taken": "Seuls les polygones, et les collections de polygones, sont pris.",
  "nested-too-deep": "Les collections de géométries sont imbriquées trop profondément.",
  "geometry-missing": "Un élément n’a pas de géométrie.",
  "coordinates-malformed": "Il faut ici une liste de coordonnées, aussi profonde que l’exige la géométrie.",
  "position-malformed": "Une position a deux nombres : la longitude, puis la latitude.",
  "lengths-inconsistent": "Les longueurs des anneaux ne vont pas avec les coordonnées.",
  "area-empty": "Il faut au moins un polygone.",
  "polygon-empty": "Un polygone doit avoir au moins un anneau.",
  "ring-too-short": "Un anneau doit avoir au moins quatre positions.",
  "position-not-finite": "Une longitude et une latitude doivent être des nombres finis.",
  "position-out-of-range": "Une longitude va de −180 à 180, une latitude de −90 à 90.",
  "position-in-metres":
    "Ce ne sont pas des degrés, mais les mètres d’une projection, comme EPSG:3857 ou UTM. Enregistrez en WGS 84 (EPSG:4326).",
  "ring-not-closed": "La dernière position d’un anneau doit répéter la première.",
  "antimeridian-crossed":
    "Un côté s’étend sur plus de 180 degrés de longitude. Une zone qui passe le 180e méridien doit y être coupée en deux polygones.",
  "ring-without-area": "Un anneau doit entourer une surface.",
  "ring-direction":
    "Un contour tourne dans le sens inverse des aiguilles d’une montre, un trou dans l’autre sens.",
  "ring-crosses-itself": "Le contour se croise ou se longe lui-même.",
  "ring-touches-itself": "Le contour se touche lui-même.",
  "rings-cross": "Les anneaux d’un polygone se croisent ou se longent.",
  "hole-outside": "Un trou est en dehors du contour de son polygone.",
  "holes-nested": "Un trou est à l’intérieur d’un autre trou.",
  "polygons-overlap": "Des polygones se recouvrent, ou partagent un côté.",
  "interior-disconnected": "Les trous coupent l’intérieur d’un polygone en plusieurs parties.",
  "too-intricate": "La zone est trop découpée pour des tâches de cette taille.",
};

/** What is wrong with a file, in the reader's language. */
export function faultText(
  language: Language,
  { rule, description }: Pick<AreaFault, "rule" | "description">,
) {
  return (language === "fr" && FRENCH[rule]) || description;
}

/** A rule that a refusal names in its metadata, in the reader's language; undefined for one that is not known. */
export function ruleText(language: Language, rule: string): string | undefined {
  return language === "fr" ? FRENCH[rule] : undefined;
}
