import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const RECIPES = join(ROOT, "docs/recipes");
const run = promisify(execFile);

/** Runs an example with what is found on this machine. */
export interface Toolchain {
  /** Generates the contracts into a folder and runs the example there. Returns what it printed. */
  runExample(folder: string, env: Record<string, string>): Promise<string>;
}

/** What is missing on this machine, in a sentence. */
export interface Missing {
  missing: string;
}

/** Compiles one of the contracts to nothing. Old generators refuse `optional` fields. */
const COMPILING = [
  ...["proto", "packages/contracts/vendor", "node_modules/google-proto-files"].map(
    (it) => `-I${join(ROOT, it)}`,
  ),
  "--descriptor_set_out=/dev/null",
  "tessera/auth/v1/auth_event_service.proto",
];

/** Python with grpcio, and what generates Python: grpcio-tools, or protoc with the plugin of gRPC. */
export async function findPython(): Promise<Toolchain | Missing> {
  const missing =
    "Python with grpcio and a generator is not found: apt install python3-grpcio protobuf-compiler-grpc";
  for (const python of ["python3", "/usr/bin/python3"]) {
    if (!(await succeeds(python, "-c", "import grpc, google.protobuf"))) continue;
    const hasPlugin =
      (await succeeds("protoc", ...COMPILING)) && (await succeeds("which", "grpc_python_plugin"));
    if (!hasPlugin && !(await succeeds(python, "-m", "grpc_tools.protoc", ...COMPILING))) continue;
    const generator: Record<string, string> = hasPlugin ? {} : { PROTOC: `${python} -m grpc_tools.protoc` };
    return {
      runExample: async (folder, given) => {
        const env = { ...process.env, ...given, ...generator, PYTHONPATH: folder };
        await run("sh", [join(RECIPES, "python/generate.sh"), folder], { cwd: ROOT, env });
        return (await run(python, [join(RECIPES, "python/lock_and_hand_in.py")], { env })).stdout;
      },
    };
  }
  return { missing };
}

/** Where Debian keeps the sources of Go packages. */
const DEBIAN_GOPATH = "/usr/share/gocode";

/** Go with the packages of gRPC and Protobuf that Debian has, and the plugins of protoc. */
export async function findGo(): Promise<Toolchain | Missing> {
  const env = { GO111MODULE: "off", GOPATH: DEBIAN_GOPATH };
  const programs = ["go", "protoc", "protoc-gen-go", "protoc-gen-go-grpc"];
  const areFound = (await Promise.all(programs.map((it) => succeeds("which", it)))).every(Boolean);
  const packages = ["google.golang.org/grpc", "google.golang.org/protobuf/proto"];
  const areThere = areFound && (await succeedsWith(env, "go", "list", ...packages));
  if (!areThere)
    return {
      missing:
        "Go with gRPC is not found: apt install golang-go golang-google-grpc-dev " +
        "golang-github-golang-protobuf-1-5-dev protoc-gen-go-1-5 protoc-gen-go-grpc",
    };
  return {
    runExample: async (folder, given) => {
      await run("sh", [join(RECIPES, "go/generate.sh"), join(folder, "src")], { cwd: ROOT });
      const all = { ...process.env, ...given, ...env, GOPATH: `${folder}:${DEBIAN_GOPATH}` };
      return (await run("go", ["run", join(RECIPES, "go/main.go")], { cwd: folder, env: all })).stdout;
    },
  };
}

function succeeds(program: string, ...args: string[]): Promise<boolean> {
  return succeedsWith({}, program, ...args);
}

async function succeedsWith(
  env: Record<string, string>,
  program: string,
  ...args: string[]
): Promise<boolean> {
  return run(program, args, { env: { ...process.env, ...env } }).then(
    () => true,
    () => false,
  );
}
