/** The last look at a batch: what is acknowledged must be safe. */
import type { Intake, Settlement } from './settle.ts';

/**
 * Finds what is acknowledged, or would be once its letters are stored, though a user of it is neither delivered nor
 * superseded by a delivered one nor in a letter. There is none, unless the function has a defect.
 *
 * @returns their places in the batch
 */
export function findUnaccounted(intakes: readonly Intake[], settlements: readonly Settlement[]): readonly number[] {
  const delivered = new Set(
    intakes.flatMap(({ deliveries }) =>
      deliveries.filter(({ verdict }) => verdict?.kind === 'delivered').map(({ user }) => user.userId),
    ),
  );
  return intakes.flatMap((intake, place) => (isAccountedFor(intake, settlements[place], delivered) ? [] : [place]));
}

function isAccountedFor(intake: Intake, settlement: Settlement | undefined, delivered: ReadonlySet<string>): boolean {
  switch (settlement?.kind) {
    case 'retry':
      return true;
    case 'acknowledge':
      return lettersOwed(intake, delivered) === 0;
    case 'deadLetter':
      return settlement.letters.length > 0 && settlement.letters.length === lettersOwed(intake, delivered);
    default:
      return false;
  }
}

/** How many letters a message needs, so that each of its users is safe. */
function lettersOwed({ reading, deliveries, defect }: Intake, delivered: ReadonlySet<string>): number {
  if (defect || reading.kind === 'invalid') return 1;
  const invalid = reading.users.filter(({ kind }) => kind === 'invalid').length;
  const safe = deliveries.filter(
    ({ verdict, user }) =>
      verdict?.kind === 'delivered' ||
      (verdict?.kind === 'superseded' && (verdict.by === 'stored' || delivered.has(user.userId))),
  ).length;
  return invalid + (reading.users.length - invalid - safe);
}
