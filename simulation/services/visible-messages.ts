/** The messages of the queue's model that can be received, in the order in which a fair queue hands them out. */
import { nextLine } from '../../local/fair-queue/next-line.ts';
import { approximately, createNoisyGroups, type NoisyGroups } from '../../local/fair-queue/noisy-groups.ts';
import type { Random } from '../../local/random.ts';

export interface Grouped {
  readonly groupId?: string | undefined;
}

export interface VisibleMessages<Message extends Grouped> {
  readonly count: number;
  add(message: Message): void;
  /** Takes the one that is handed out next; undefined when there is none. */
  next(now: number): Message | undefined;
  /** What is in flight, for whoever hands messages out to say. */
  readonly groups: Pick<NoisyGroups, 'received' | 'ended'>;
}

/** The share of messages that are handed out regardless of who is noisy, since the queue is distributed. Not documented. */
const REGARDLESS = 0.02;

interface Line<Message> {
  readonly group: string | undefined;
  messages: { readonly message: Message; readonly turn: number }[];
  taken: number;
}

/** Makes an empty queue. Messages without a group are one line, since none of them is ever noisy. */
export function createVisibleMessages<Message extends Grouped>(random: Random): VisibleMessages<Message> {
  const groups = createNoisyGroups({ approximation: approximately(random) });
  const lines = new Map<string | undefined, Line<Message>>();
  let turns = 0;
  let count = 0;

  const lineOf = (group: string | undefined): Line<Message> => {
    const line = lines.get(group) ?? { group, messages: [], taken: 0 };
    lines.set(group, line);
    return line;
  };
  const turnOf = ({ messages, taken }: Line<Message>) => messages[taken]!.turn;

  const choose = (now: number): Line<Message> | undefined => {
    const waiting = [...lines.values()].filter(({ messages, taken }) => taken < messages.length);
    if (waiting.length < 2) return waiting[0];
    const regardless = random() < REGARDLESS;
    return nextLine(waiting, {
      isQuiet: ({ group }) => regardless || group === undefined || !groups.isNoisy(group, now),
      placeOf: turnOf,
      inFlightOf: groups.inFlight,
    });
  };

  return {
    get count() {
      return count;
    },
    add: (message) => {
      lineOf(message.groupId).messages.push({ message, turn: turns++ });
      if (message.groupId !== undefined) groups.visible(message.groupId);
      count++;
    },
    next: (now) => {
      const line = choose(now);
      if (!line) return undefined;
      const { message } = line.messages[line.taken++]!;
      if (line.taken > 10_000) {
        line.messages = line.messages.slice(line.taken);
        line.taken = 0;
      }
      count--;
      return message;
    },
    groups,
  };
}
