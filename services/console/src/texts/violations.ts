import type { FieldViolation } from "@tessera/rpc/refusal.ts";
import { ruleText } from "./area-rules.ts";
import { inPseudo } from "./catalogue.ts";
import { pluralOf } from "./counted.ts";
import type { Language } from "./languages.ts";
import { PATTERNS_FR } from "./patterns.ts";

/** What is wrong with a field, by the rule's id in French; the numbers come from the English sentence. */
type InFrench = string | ((numbers: readonly string[], english: string) => string);

const only = (english: string) => `Seules certaines valeurs sont possibles ici (${quoted(english)}).`;

/** Rules of buf.validate, of whatever type the field is. */
const BY_LAST_PART: Readonly<Record<string, InFrench>> = {
  gt: ([least]) => `Il faut plus de ${least}.`,
  gte: ([least]) => `Il faut au moins ${least}.`,
  lt: ([most]) => `Il faut moins de ${most}.`,
  lte: ([most]) => `Il faut au plus ${most}.`,
  gt_lt: ([least, most]) => `Il faut plus de ${least} et moins de ${most}.`,
  gt_lte: ([least, most]) => `Il faut plus de ${least} et au plus ${most}.`,
  gte_lt: ([least, most]) => `Il faut au moins ${least} et moins de ${most}.`,
  gte_lte: ([least, most]) => `Il faut entre ${least} et ${most}.`,
  min_len: ([least]) => `Il faut au moins ${counted(least, "caractère")}.`,
  max_len: ([most]) => `Il faut au plus ${counted(most, "caractère")}.`,
  max_bytes: ([most]) => `Il faut au plus ${counted(most, "octet")}.`,
  min_items: ([least]) => `Il faut au moins ${counted(least, "élément")}.`,
  max_items: ([most]) => `Il faut au plus ${counted(most, "élément")}.`,
  max_pairs: ([most]) => `Il faut au plus ${counted(most, "entrée")}.`,
  unique: "Rien ne peut être nommé deux fois.",
  finite: "Il faut un nombre.",
  defined_only: "Choisissez une des valeurs proposées.",
  in: (_, english) => only(english),
  not_in: "Cette valeur n’est pas possible ici.",
  const: (_, english) => only(english),
  pattern: (_, english) => PATTERNS_FR[english] ?? "Il y a un caractère qui n’est pas pris ici.",
  email: "Il faut une adresse électronique.",
  uri: "Il faut une adresse Web.",
  uuid: "Il faut un identifiant de la forme 123e4567-e89b-12d3-a456-426614174000.",
  gt_now: "Il faut un moment à venir.",
  lt_now: "Il faut un moment passé.",
  within: "Ce moment est trop éloigné.",
};

/** Rules of our own. */
const BY_RULE: Readonly<Record<string, InFrench>> = {
  required: (_, english) =>
    english.startsWith("one of") ? "Il faut remplir un de ces champs." : "Il faut remplir ce champ.",
  "area.one_source": "Il faut soit une zone, soit un fichier envoyé.",
  "bounding_box.order": "Le sud ne peut pas dépasser le nord.",
  "clone.one_organisation": "Choisissez une organisation, ou aucune.",
  "transfer.one_organisation": "Choisissez une organisation, ou aucune.",
  "transfer.to_somebody": "Dites à qui le projet est remis.",
  "invitation.one": "Il faut soit l’invitation, soit son lien.",
  "update_mask.not_empty": "Changez au moins un champ.",
  "number.fits": "Il faut un nombre entier de taille habituelle.",
  output_only: "Ce champ ne se change pas ici.",
  "field_mask.in": "Ce champ ne se change pas ici.",
  "languages.tag": "Il faut un code de langue, comme en ou pt-BR.",
  "languages.unique": "Une langue est nommée deux fois.",
  "permission.team": "Aucune équipe n’a ce rôle, ni un rôle plus élevé.",
  outside: "Cela doit être à l’intérieur de la zone du projet.",
  overlaps: "Cela recouvre une autre zone.",
  "area.vertices": ([most]) => `Au plus ${counted(most, "sommet")} sont pris.`,
  "area.square_kilometres": ([most]) =>
    `Au plus ${counted(most, "kilomètre carré", "kilomètres carrés")} sont pris.`,
  "submission.issues": "Les défauts ne se notent qu’en validant.",
  "point.task": "Il n’y a pas de tâche à cet endroit.",
  "preview.one_of": "Choisissez une seule façon de découper.",
  "create.one_of": "Choisissez une seule façon de découper.",
  "change.reverted_user_id": "Dites de qui le travail est annulé, pour cette action seulement.",
  "change.priority": "Donnez la priorité, pour cette action seulement.",
  "external_id.with_source": "C’est un identifiant dans un autre outil : dites aussi lequel.",
  "tile.inside": ([most, zoom]) => `Il faut au plus ${most} au zoom ${zoom}.`,
  "reference.exists": "Cela n’existe pas, ou n’existe plus.",
  "text.control": "Il faut un texte sans caractères de commande.",
  "text.direction": "Il y a un caractère qui change le sens de l’écriture.",
  "text.invisible": "Il y a des caractères invisibles.",
  "text.meaning": "Il y a des caractères qui n’ont pas de sens en Unicode.",
  "text.marks": ([most]) => `Une lettre porte au plus ${counted(most, "signe")}.`,
  "text.blank": "Il faut quelque chose que l’on puisse voir.",
};

/** What is wrong with a field, in the reader's language. English is as the service says it; so is a rule that is not known. */
export function violationText(
  language: Language,
  { rule, description }: Pick<FieldViolation, "rule" | "description">,
): string {
  // The console's own refusals are in the reader's language already.
  if (rule === "console") return description;
  if (language !== "fr") return inPseudo(language, description);
  const area = ruleText("fr", rule);
  if (area !== undefined) return `${area}${placeIn(description)}`;
  const words =
    BY_RULE[rule] ?? (/_id\.given$/.test(rule) ? "Il faut choisir." : BY_LAST_PART[lastPart(rule)]);
  if (words === undefined) return description;
  return typeof words === "string" ? words : words(numbersIn(description), description);
}

function lastPart(rule: string): string {
  return rule.slice(rule.lastIndexOf(".") + 1);
}

/** The numbers and lengths of time of a sentence, as French writes them. */
function numbersIn(english: string): string[] {
  return [...english.matchAll(/-?\d+(\.\d+)?(s\b)?/g)].map(([found, , seconds]) => {
    const value = Number.parseFloat(found);
    return seconds === undefined ? value.toLocaleString("fr-FR") : duration(value);
  });
}

const UNITS = [
  ["jour", 86_400],
  ["heure", 3_600],
  ["minute", 60],
] as const;

function duration(seconds: number): string {
  const [unit, size] = UNITS.find(([, it]) => seconds >= it && seconds % it === 0) ?? ["seconde", 1];
  return counted(String(seconds / size), unit);
}

function counted(count: string | undefined, one: string, many = `${one}s`): string {
  return `${count} ${pluralOf("fr", Number(count), one, many)}`;
}

/** The list that a sentence ends with. */
function quoted(english: string): string {
  return english.slice(english.indexOf("[") + 1).replace(/\]$/, "");
}

/** Where in a file or on the map the fault is: it stands in brackets at the end. */
function placeIn(description: string): string {
  const place = / \(([^()]*)\)$/.exec(description)?.[1];
  return place === undefined ? "" : ` (${place.replace(/\bat (?=-?\d)/, "à ")})`;
}
