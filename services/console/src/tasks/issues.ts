import type { MessageInitShape } from "@bufbuild/protobuf";
import type { IssueCountSchema } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { fieldInvalid } from "@tessera/rpc/validation/validation.ts";
import { field } from "../forms/field.ts";
import type { Command } from "../forms/form.ts";
import { type Content, html } from "../html/html.ts";
import type { FormData } from "../visits/form-data.ts";
import type { Visit } from "../visits/visit.ts";
import { ISSUE_TEXTS } from "./issue-texts.ts";

/** The kinds of fault that a form offers; the contract takes others too. */
export const ISSUE_CATEGORIES = ["missed-feature", "feature-geometry", "wrong-tag", "other"] as const;
const COUNT_MAX = 10_000;

/** The fields for what a validator found wrong, in a part that opens. `prefix` distinguishes those of several tasks. */
export function issueFields(
  visit: Visit,
  command: Pick<Command, "method" | "action">,
  typed: FormData | undefined,
  prefix = "",
): Content {
  const t = ISSUE_TEXTS(visit.language);
  const isUsed = ISSUE_CATEGORIES.some((it) => typed?.optional(`${prefix}issues.${it}`));
  const fields = ISSUE_CATEGORIES.map((category) =>
    field(visit, command, {
      name: `${prefix}issues.${category}`,
      label: t[category],
      type: "number",
      min: 0,
      max: COUNT_MAX,
      step: 1,
    }),
  );
  return html`<details class="issues"${isUsed ? html` open` : ""}><summary>${t.title}</summary><p class="help">${t.help}</p><div class="counts">${fields}</div></details>`;
}

/** The faults that a form counts. Refuses what is no count, at its field. */
export function issuesIn(form: FormData, prefix = ""): MessageInitShape<typeof IssueCountSchema>[] {
  return ISSUE_CATEGORIES.flatMap((category) => {
    const name = `${prefix}issues.${category}`;
    const count = form.number(name) ?? 0;
    if (!Number.isInteger(count) || count < 0 || count > COUNT_MAX) {
      const description = `must be a whole number from 0 to ${COUNT_MAX}`;
      throw fieldInvalid([{ field: name, description, rule: "int32.gte_lte" }]);
    }
    return count === 0 ? [] : [{ category, count }];
  });
}

/** A kind of fault in words; one of another deployment as it is written. */
export function issueName({ language }: Pick<Visit, "language">, category: string): string {
  const t = ISSUE_TEXTS(language);
  return ISSUE_CATEGORIES.some((it) => it === category) ? t[category as "other"] : category;
}
