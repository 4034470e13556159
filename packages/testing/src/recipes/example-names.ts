import type { DescField, DescFile, DescMessage } from "@bufbuild/protobuf";
import { SERVICES } from "@tessera/contracts/catalogue.ts";

/** What an example uses that the contracts do not have, as sentences. */
export type Unknown = string[];

/** Every file of the contracts that a service reaches. */
const FILES = new Map<string, DescFile>();
const collect = (file: DescFile): void => {
  if (FILES.has(file.name)) return;
  FILES.set(file.name, file);
  for (const dependency of file.dependencies) collect(dependency);
};
for (const service of SERVICES) collect(service.file);

const RPCS = new Set(SERVICES.flatMap(({ methods }) => methods.map(({ name }) => name)));

/** Checks the modules, messages, enum values, stubs, RPCs and fields that an example in Python uses. */
export function unknownInPython(text: string): Unknown {
  const code = text.replace(/"""[\s\S]*?"""|#.*$/gm, "");
  const imports = [...code.matchAll(/^from (tessera[\w.]+) import (.+)$/gm)].flatMap(
    ([, folder = "", names = ""]) =>
      names
        .split(", ")
        .map((name) => [name.replace(/_pb2(_grpc)?$/, ""), folder.replaceAll(".", "/")] as const),
  );
  const fileOf = new Map(imports.map(([name, folder]) => [name, FILES.get(`${folder}/${name}`)]));
  const missing = imports.filter(([name]) => !fileOf.get(name)).map(([name]) => `no file ${name}.proto`);
  const uses = [...code.matchAll(/\b(\w+?)_pb2(?:_grpc)?\.(\w+)/g)].filter(([, module = ""]) =>
    fileOf.has(module),
  );
  const names = uses
    .filter(([, module = "", name = ""]) => !pythonNames(fileOf.get(module)).has(name))
    .map(([use]) => `no ${use}`);
  const fields = uses.flatMap(({ 0: use, 2: name = "", 1: module = "", index }) => {
    const message = fileOf.get(module)?.messages.find((it) => it.name === name);
    if (message === undefined) return [];
    const given = argumentsAt(code, index + use.length).matchAll(/(?:^|[(,])\s*(\w+)=/g);
    return unknownFields(
      message,
      [...given].map(([, field = ""]) => field),
      (it) => it.name,
    );
  });
  const rpcs = [...code.matchAll(/(?:Stub\(\w+\)|\b(?:locks|events))\.([A-Z]\w+)/g)]
    .filter(([, rpc = ""]) => !RPCS.has(rpc))
    .map(([, rpc]) => `no RPC ${rpc}`);
  return [...missing, ...names, ...fields, ...rpcs];
}

/** Checks the packages, messages, enum values, clients, RPCs and fields that an example in Go uses. */
export function unknownInGo(text: string): Unknown {
  const code = text.replace(/\/\/.*$/gm, "");
  const packages = new Map(
    [...code.matchAll(/^\t(\w+) "tesserapb\/([\w/]+)"$/gm)].map(([, alias = "", folder = ""]) => [
      alias,
      [...FILES.values()].filter(({ name }) => name.slice(0, name.lastIndexOf("/")) === folder),
    ]),
  );
  const uses = [...code.matchAll(/\b(\w+)\.([A-Z]\w+)/g)].filter(([, alias = ""]) => packages.has(alias));
  const names = uses
    .filter(([, alias = "", name = ""]) => !packages.get(alias)?.some((file) => goNames(file).has(name)))
    .map(([use]) => `no ${use}`);
  const fields = uses.flatMap(({ 0: use, 1: alias = "", 2: name = "", index }) => {
    const message = packages
      .get(alias)
      ?.flatMap(({ messages }) => messages)
      .find((it) => it.name === name);
    if (message === undefined || code[index + use.length] !== "{") return [];
    const given = argumentsAt(code, index + use.length).matchAll(/(?:^|[{,])\s*([A-Z]\w*):/g);
    return unknownFields(
      message,
      [...given].map(([, field = ""]) => field),
      (it) => camel(it.name),
    );
  });
  return [...names, ...fields];
}

function pythonNames(file: DescFile | undefined): Set<string> {
  return new Set([
    ...(file?.messages ?? []).map(({ name }) => name),
    ...(file?.enums ?? []).flatMap(({ name, values }) => [name, ...values.map((it) => it.name)]),
    ...(file?.services ?? []).map(({ name }) => `${name}Stub`),
  ]);
}

function goNames({ messages, enums, services }: DescFile): Set<string> {
  return new Set([
    ...messages.map(({ name }) => name),
    ...enums.flatMap(({ name, values }) => [name, ...values.map((it) => `${name}_${it.name}`)]),
    ...services.flatMap(({ name }) => [`${name}Client`, `New${name}Client`]),
  ]);
}

function unknownFields(
  { name, fields }: DescMessage,
  given: string[],
  nameOf: (field: DescField) => string,
): Unknown {
  const known = new Set(fields.map(nameOf));
  return given.filter((it) => !known.has(it)).map((it) => `${name} has no field ${it}`);
}

/** "project_id" is "ProjectId" in Go. */
function camel(name: string): string {
  return name.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** What stands between the brackets that open at an index, without what stands in brackets within them. */
function argumentsAt(code: string, begin: number): string {
  let depth = 0;
  let outermost = "";
  for (const character of code.slice(begin)) {
    if (")]}".includes(character)) depth -= 1;
    if (depth === 0 && outermost !== "") break;
    if (depth <= 1) outermost += character;
    if ("([{".includes(character)) depth += 1;
    if (depth === 0) break;
  }
  return outermost;
}
