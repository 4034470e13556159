/** A process cannot start as it is set up. The message is for people: one fault a line, without any value. */
export class ConfigFault extends Error {
  readonly faults: string[];

  constructor(faults: string[], options?: ErrorOptions) {
    super(faults.join("\n"), options);
    this.name = "ConfigFault";
    this.faults = faults;
  }
}
