/** Words of fewer letters have too many neighbours: they must be right. */
export const NEAR_LETTERS_MIN = 4;
/** From this number of letters on, two may be wrong. */
const TWO_WRONG_FROM = 6;

/**
 * Whether two words are spelled nearly alike: one letter is wrong, missing, too many, or two neighbours are exchanged; in
 * longer words two such faults.
 */
export function isSpelledNearly(word: string, other: string): boolean {
  const [one, two] = [[...word], [...other]];
  if (one.length < NEAR_LETTERS_MIN) return word === other;
  const most = one.length < TWO_WRONG_FROM ? 1 : 2;
  return Math.abs(one.length - two.length) <= most && faultsBetween(one, two) <= most;
}

/** The fewest faults that lead from one to the other, no letter touched twice (optimal string alignment). */
function faultsBetween(one: readonly string[], two: readonly string[]): number {
  let before: number[] = [];
  let above = Array.from({ length: two.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    for (let j = 1; j <= two.length; j++) {
      const wrong = one[i - 1] === two[j - 1] ? 0 : 1;
      let least = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + wrong);
      const exchanged = i > 1 && j > 1 && one[i - 1] === two[j - 2] && one[i - 2] === two[j - 1];
      if (exchanged) least = Math.min(least, (before[j - 2] ?? 0) + 1);
      row.push(least);
    }
    [before, above] = [above, row];
  }
  return above[two.length] ?? 0;
}
