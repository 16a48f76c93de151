/** The last look at a batch: what is acknowledged must be safe. */
import type { DeadLetter } from './dead-letter.ts';
import type { Intake, Settlement } from './settle.ts';

/**
 * Finds what is acknowledged, or would be once its letters are stored, though a user of it is neither delivered nor
 * superseded by a delivered one nor in a letter. There is none, unless the function has a defect.
 *
 * @returns their places in the batch
 */
export function findUnaccounted(intakes: readonly Intake[], settlements: readonly Settlement[]): readonly number[] {
  const isDelivered = usersDelivered(intakes);
  const places: number[] = [];
  for (const [place, intake] of intakes.entries()) {
    if (!isAccountedFor(intake, settlements[place], isDelivered)) places.push(place);
  }
  return places;
}

type IsDelivered = (userId: string) => boolean;

/** Whether a record of a user was delivered. Few batches have to ask, so it is looked for at the first question. */
function usersDelivered(intakes: readonly Intake[]): IsDelivered {
  let delivered: Set<string> | undefined;
  return (userId) => {
    if (!delivered) {
      const deliveries = intakes.flatMap((intake) => intake.deliveries);
      delivered = new Set(
        deliveries.filter(({ verdict }) => verdict?.kind === 'delivered').map(({ user }) => user.userId),
      );
    }
    return delivered.has(userId);
  };
}

function isAccountedFor(intake: Intake, settlement: Settlement | undefined, isDelivered: IsDelivered): boolean {
  switch (settlement?.kind) {
    case 'retry':
      return true;
    case 'acknowledge':
      return lettersOwed(intake, isDelivered) === 0;
    case 'deadLetter':
      return settlement.letters.length > 0 && usersIn(settlement.letters) === lettersOwed(intake, isDelivered);
    default:
      return false;
  }
}

function usersIn(letters: readonly DeadLetter[]): number {
  return letters.reduce((sum, { codes }) => sum + (codes?.length ?? 1), 0);
}

/** How many users of a message need to be in letters, so that each of its users is safe. */
function lettersOwed({ reading, deliveries, defect }: Intake, isDelivered: IsDelivered): number {
  if (defect || reading.kind === 'invalid') return 1;
  let owed = reading.users.length;
  for (const { verdict, user } of deliveries) {
    if (verdict?.kind === 'delivered') owed--;
    else if (verdict?.kind === 'superseded' && (verdict.by === 'stored' || isDelivered(user.userId))) owed--;
  }
  return owed;
}
