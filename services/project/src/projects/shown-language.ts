import type { Project, ProjectText } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { LRUCache } from "lru-cache";

/** The most tags that are kept: to look one up takes some 10 µs, and a list compares thousands. */
const TAGS_MAX = 10_000;

/** The parts of a tag by which texts are chosen. */
type Likely = Partial<Record<"language" | "script" | "region", string | undefined>>;

const known = new LRUCache<string, Likely>({ max: TAGS_MAX });

/** A project with its texts in the language that a reader prefers among those that it has; a text without one is as it was. */
export function inLanguage(project: Project, languages: readonly string[]): Project {
  if (languages.length === 0) return project;
  const { defaultLanguage, translations } = project;
  const available = [defaultLanguage, ...translations.map(({ language }) => language)];
  const language = bestLanguage(languages, available) ?? defaultLanguage;
  const text = language === defaultLanguage ? undefined : translations.find((it) => it.language === language);
  return { ...project, language, ...(text && shownTexts(project, text)) };
}

/** The texts of a translation that are written, as far as the project carries them itself. */
function shownTexts(project: Project, text: ProjectText): Partial<Project> {
  const names = ["name", "shortDescription", "description", "instructions", "taskInstructions"] as const;
  const written = names.filter((name) => text[name] && project[name] !== undefined);
  return Object.fromEntries(written.map((name) => [name, text[name]]));
}

/**
 * The one of the available languages that suits the first of those wanted which any suits: the same language in the same script,
 * by the data of CLDR ("zh-TW" is written as "zh-Hant" is), and of several the one of the same region.
 */
export function bestLanguage(wanted: readonly string[], available: readonly string[]): string | undefined {
  const present = available.map((tag) => ({ tag, ...likely(tag) }));
  for (const want of wanted) {
    const { language, script, region } = likely(want);
    const suiting = present.filter(
      (it) => language !== undefined && it.language === language && it.script === script,
    );
    const best = suiting.find((it) => it.region === region) ?? suiting[0];
    if (best !== undefined) return best.tag;
  }
  return undefined;
}

/** A tag with its likely script and region; nothing of one that is no tag. */
function likely(tag: string): Likely {
  let found = known.get(tag);
  if (found === undefined) {
    found = looked(tag);
    known.set(tag, found);
  }
  return found;
}

function looked(tag: string): Likely {
  try {
    const { language, script, region } = new Intl.Locale(tag).maximize();
    return { language, script, region };
  } catch {
    return {};
  }
}

/** The first parts of tags, by which translations are looked up: "pt" of "pt-BR". */
export function primaryTags(languages: readonly string[]): string[] {
  return [...new Set(languages.map((tag) => tag.split("-")[0]?.toLowerCase() ?? ""))];
}
