/** This many questions of a group are under way while others wait to share the next. */
const UNDER_WAY = 2;
/** Nobody waits longer than this for others to share a question with, in milliseconds. */
const COMPANY_MS = 20;

/** How single questions are asked together. */
export interface AskTogetherOptions<Item, Answer> {
  /** What questions of one group have in common: only those can be asked together. */
  groupOf: (item: Item) => string;
  /** Separates the items of a group: items with the same key are never in one call. */
  keyOf: (item: Item) => string;
  /** Asks about all of them; returns the answers by key. */
  ask: (items: Item[]) => Promise<ReadonlyMap<string, Answer>>;
  /** A question is about this many at most. */
  most: number;
}

interface Waiting<Item, Answer> {
  item: Item;
  resolve: (answer: Answer | undefined) => void;
  reject: (error: unknown) => void;
}

/**
 * Lets those who ask another service at the same time share one question: a crowd that arrives at once costs some questions,
 * and not one for each person. A lone one is asked at once. Returns undefined for what the answer leaves out.
 */
export function askTogether<Item, Answer>(
  options: AskTogetherOptions<Item, Answer>,
): (item: Item) => Promise<Answer | undefined> {
  const groups = new Map<string, Group<Item, Answer>>();
  return (item) =>
    new Promise((resolve, reject) => {
      const name = options.groupOf(item);
      let group = groups.get(name);
      if (group === undefined) {
        group = new Group(options, () => groups.delete(name));
        groups.set(name, group);
      }
      group.add({ item, resolve, reject });
    });
}

/** Those who ask the same kind of question. */
class Group<Item, Answer> {
  readonly #options: AskTogetherOptions<Item, Answer>;
  readonly #ended: () => void;
  #waiting = new Map<string, Waiting<Item, Answer>>();
  #underWay = 0;
  #immediate: NodeJS.Immediate | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: AskTogetherOptions<Item, Answer>, ended: () => void) {
    this.#options = options;
    this.#ended = ended;
  }

  add(one: Waiting<Item, Answer>): void {
    const key = this.#options.keyOf(one.item);
    if (this.#waiting.has(key) || this.#waiting.size >= this.#options.most) this.#send();
    this.#waiting.set(key, one);
    // After this turn of the event loop, so that all that one read of a socket brought goes together.
    if (this.#underWay < UNDER_WAY) this.#immediate ??= setImmediate(() => this.#send());
    else this.#timer ??= setTimeout(() => this.#send(), COMPANY_MS);
  }

  #send(): void {
    clearImmediate(this.#immediate);
    clearTimeout(this.#timer);
    this.#immediate = undefined;
    this.#timer = undefined;
    if (this.#waiting.size === 0) return;
    const asked = this.#waiting;
    this.#waiting = new Map();
    this.#underWay += 1;
    void this.#ask(asked).finally(() => {
      this.#underWay -= 1;
      if (this.#waiting.size > 0) this.#send();
      else if (this.#underWay === 0) this.#ended();
    });
  }

  async #ask(asked: ReadonlyMap<string, Waiting<Item, Answer>>): Promise<void> {
    try {
      const answers = await this.#options.ask([...asked.values()].map(({ item }) => item));
      for (const [key, { resolve }] of asked) resolve(answers.get(key));
    } catch (error) {
      for (const { reject } of asked.values()) reject(error);
    }
  }
}
