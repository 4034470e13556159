import { type DescEnum, type DescMethod, getOption } from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel } from "@bufbuild/protobuf/wkt";
import {
  domain as domainOption,
  type MethodRules,
  method as methodOption,
  RefusalClass,
  refusal as refusalOption,
} from "../gen/tessera/rpc/v1/options_pb.ts";
import { REASONS } from "./catalogue.ts";

/** Everything that the contract says about one reason. */
export interface ReasonFacts {
  /** Such as "task.tessera". */
  domain: string;
  /** Without the enum's prefix: "TASK_LOCKED". Unique among all domains. */
  name: string;
  /** A code of gRPC, the same number in Connect. */
  code: number;
  httpStatus: number;
  retryable: boolean;
  title: string;
  metadataKeys: readonly string[];
  class: RefusalClass;
  number: number;
}

const PREFIX = "REASON_";

const byEnum = new Map(REASONS.map((desc) => [desc, factsOf(desc)]));
const byName = new Map([...byEnum.values()].flat().map((facts) => [facts.name, facts]));

/** Returns what the contract says about a value of an enum of reasons. Throws if it says nothing. */
export function reasonFacts(desc: DescEnum, value: number): ReasonFacts {
  const facts = byEnum.get(desc)?.find(({ number }) => number === value);
  if (facts === undefined) throw new Error(`${desc.typeName} has no reason ${value}`);
  return facts;
}

/** Returns what the contract says about the reason of this name, if this build knows it. */
export function reasonNamed(name: string): ReasonFacts | undefined {
  return byName.get(name);
}

/** All reasons of all domains, in the order of the contracts. */
export function allReasons(): ReasonFacts[] {
  return [...byName.values()];
}

/** The reasons that an RPC may answer: those of its class, then those that it lists, in their order. */
export function refusalsOf(method: DescMethod): ReasonFacts[] {
  const ofClass = allReasons().filter(
    (it) =>
      it.class === RefusalClass.EVERY_RPC || (it.class === RefusalClass.EVERY_COMMAND && isCommand(method)),
  );
  const listed = rulesOf(method).refusals.map((name) => {
    const facts = reasonNamed(name);
    if (facts === undefined)
      throw new Error(`${method.parent.typeName}.${method.name} lists ${name}, which no enum has`);
    return facts;
  });
  return [...ofClass, ...listed];
}

const rules = new WeakMap<DescMethod, MethodRules>();

/** What holds for an RPC. Read from its descriptor once: options are kept there in binary. */
export function rulesOf(method: DescMethod): MethodRules {
  let found = rules.get(method);
  if (found === undefined) {
    found = getOption(method, methodOption);
    rules.set(method, found);
  }
  return found;
}

/** Whether an RPC changes something: it is answered by an acknowledgement. */
export function isCommand(method: DescMethod): boolean {
  return method.idempotency !== MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS;
}

function factsOf(desc: DescEnum): ReasonFacts[] {
  const domain = getOption(desc, domainOption);
  return desc.values
    .filter(({ number }) => number !== 0)
    .map((value) => {
      const {
        code,
        httpStatus,
        retryable,
        title,
        metadataKeys,
        class: ofClass,
      } = getOption(value, refusalOption);
      const name = value.name.slice(PREFIX.length);
      return {
        domain,
        name,
        code,
        httpStatus,
        retryable,
        title,
        metadataKeys,
        class: ofClass,
        number: value.number,
      };
    });
}
