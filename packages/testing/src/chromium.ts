import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rename, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

/** A Chromium on this machine, and the environment that it runs in. */
export interface Chromium {
  executablePath: string;
  env: Record<string, string>;
}

const PACKAGE = "@sparticuz/chromium";
const UNPACK_MAX_MS = 120_000;

/** The package unpacks its libraries only where it takes the machine for one of a cloud. */
const CLOUD = { AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x" };

/** Its own configuration names folders of that cloud. */
const FONTS = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;

const run = promisify(execFile);

/**
 * Finds the Chromium of the npm package, and unpacks it where this has not been done yet: 190 MiB under node_modules/.cache,
 * once for each version of the package. It brings the libraries and the font that it needs. The package is for Linux on x64;
 * elsewhere CHROMIUM_PATH names a Chromium to use instead.
 */
export async function findChromium(): Promise<Chromium> {
  const given = process.env.CHROMIUM_PATH;
  const inherited = { ...process.env } as Record<string, string>;
  if (given !== undefined) return { executablePath: given, env: inherited };
  const folder = await unpacked();
  const env = {
    ...inherited,
    LD_LIBRARY_PATH: join(folder, "al2023", "lib"),
    FONTCONFIG_PATH: join(folder, "fonts"),
    XDG_CACHE_HOME: folder,
  };
  return { executablePath: join(folder, "chromium"), env };
}

/** Unpacks into a folder of its own and moves it whole: another test file may be at the same. */
async function unpacked(): Promise<string> {
  const root = packageFolder();
  const { version } = createRequire(import.meta.url)(join(root, "package.json"));
  const cache = join(root, "..", "..", ".cache");
  const folder = join(cache, `chromium-${version}`);
  if (await exists(folder)) return folder;
  await mkdir(cache, { recursive: true });
  const staging = await mkdtemp(join(cache, "chromium-unpacking-"));
  try {
    const program = `import chromium from "${PACKAGE}"; await chromium.executablePath();`;
    const env = { ...process.env, ...CLOUD, TMPDIR: staging };
    const inPlace = { cwd: root, env, timeout: UNPACK_MAX_MS };
    await run(process.execPath, ["--input-type=module", "--eval", program], inPlace);
    await writeFile(join(staging, "fonts", "fonts.conf"), FONTS);
    await rename(staging, folder).catch(async (error) => {
      if (!(await exists(folder))) throw error;
    });
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return folder;
}

function packageFolder(): string {
  const entry = createRequire(import.meta.url).resolve(PACKAGE);
  const end = join("node_modules", PACKAGE);
  let folder = dirname(entry);
  while (!folder.endsWith(end)) folder = dirname(folder);
  return folder;
}

async function exists(folder: string): Promise<boolean> {
  return (await stat(folder).catch(() => undefined)) !== undefined;
}
