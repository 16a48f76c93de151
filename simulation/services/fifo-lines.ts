/**
 * The messages of the model of a FIFO queue, in the order in which they are handed out: whole groups in their order, of which
 * none is in flight, and only from among the first 120,000 messages.
 * Sources: SQS developer guide, FIFO queue delivery logic; "Avoid large message backlogs with the same message group ID".
 */
import TinyQueue from 'tinyqueue';

export interface Ordered {
  readonly groupId?: string | undefined;
  /** Its place in the queue. */
  readonly sequence: number;
  /** When it can be received next, in milliseconds: it is in flight before. */
  readonly visibleAt: number;
}

export interface FifoLines<Message extends Ordered> {
  /** Adds a message to the end. */
  add(message: Message): void;
  /** Takes out a message, wherever it is. */
  remove(now: number, message: Message): void;
  /** Notes that `visibleAt` of a message has changed. */
  moved(now: number, message: Message): void;
  /** Those that can be handed out at this time. The group of each whose `visibleAt` is put off is locked once this has ended. */
  free(now: number): Generator<Message, void>;
  /** When there may be something to hand out; infinity if never. */
  nextFreeAt(now: number): number;
  /** How many are in flight. */
  inFlight(now: number): number;
}

/** So many messages are looked at, those in flight among them. It is also how many can be in flight. */
const LOOKED_AT = 120_000;

interface Group<Message> {
  /** In their order. */
  readonly messages: Set<Message>;
  readonly inFlight: Set<Message>;
}

interface Ready<Message> {
  readonly group: Group<Message>;
  readonly sequence: number;
}

export interface FifoLinesOptions {
  /**
   * Whether what is received holds as many of one group as there are: SQS "attempts to return as many messages with the same
   * message group ID as possible". @default groups come in the order of their messages
   */
  readonly groupsTogether?: boolean;
  /** How many messages are looked at. @default 120,000 */
  readonly lookedAt?: number;
}

/** Makes empty lines. */
export function createFifoLines<Message extends Ordered>({
  groupsTogether = false,
  lookedAt = LOOKED_AT,
}: FifoLinesOptions = {}): FifoLines<Message> {
  const groups = new Map<string, Group<Message>>();
  const within = new Set<Message>();
  const beyond = new Set<Message>();
  const flying = new Set<Message>();
  // Both may name groups that are not as they were: each is looked at when its turn comes.
  const ready = new TinyQueue<Ready<Message>>([], (a, b) => a.sequence - b.sequence);
  const locked = new TinyQueue<{ readonly at: number; readonly group: Group<Message> }>([], (a, b) => a.at - b.at);

  const headOf = ({ messages }: Group<Message>): Message | undefined => messages.values().next().value;

  const lockedUntil = ({ inFlight }: Group<Message>, now: number): number => {
    let until = 0;
    for (const message of inFlight) {
      if (message.visibleAt <= now) inFlight.delete(message);
      else until = Math.max(until, message.visibleAt);
    }
    return until;
  };

  /** Puts a group where it belongs. */
  const place = (now: number, group: Group<Message>) => {
    const head = headOf(group);
    if (!head) return;
    const at = lockedUntil(group, now);
    if (at > now) locked.push({ at, group });
    else ready.push({ group, sequence: head.sequence });
  };

  const letIn = (now: number) => {
    for (let first = locked.peek(); first && first.at <= now; first = locked.peek()) {
      locked.pop();
      place(now, first.group);
    }
  };

  const lookAt = (message: Message) => {
    within.add(message);
    const group = groups.get(message.groupId!) ?? { messages: new Set(), inFlight: new Set() };
    groups.set(message.groupId!, group);
    group.messages.add(message);
    if (group.messages.size === 1) ready.push({ group, sequence: message.sequence });
  };

  /** The first group that can be handed out, and its first message. */
  const firstReady = (now: number): { group: Group<Message>; head: Message } | undefined => {
    for (let first = ready.peek(); first; first = ready.peek()) {
      const { group, sequence } = first;
      const head = headOf(group);
      if (head?.sequence === sequence && lockedUntil(group, now) === 0) return { group, head };
      ready.pop();
      place(now, group);
    }
    return undefined;
  };

  return {
    add(message) {
      if (within.size < lookedAt) lookAt(message);
      else beyond.add(message);
    },

    remove(now, message) {
      if (beyond.delete(message) || !within.delete(message)) return;
      const group = groups.get(message.groupId!)!;
      group.messages.delete(message);
      group.inFlight.delete(message);
      flying.delete(message);
      if (group.messages.size === 0) groups.delete(message.groupId!);
      else place(now, group);
      const [next] = beyond;
      if (!next) return;
      beyond.delete(next);
      lookAt(next);
    },

    moved(now, message) {
      const group = groups.get(message.groupId!);
      if (!group?.messages.has(message)) return;
      group.inFlight.add(message);
      flying.add(message);
      place(now, group);
    },

    *free(now) {
      letIn(now);
      const taken = new Map<Group<Message>, Iterator<Message>>();
      const turns = new TinyQueue<{ group: Group<Message>; message: Message }>(
        [],
        (a, b) => a.message.sequence - b.message.sequence,
      );
      try {
        for (;;) {
          const first = firstReady(now);
          const turn = turns.peek();
          if (first && (!turn || (!groupsTogether && first.head.sequence < turn.message.sequence))) {
            ready.pop();
            if (taken.has(first.group)) continue;
            const messages = first.group.messages.values();
            messages.next();
            taken.set(first.group, messages);
            turns.push({ group: first.group, message: first.head });
            continue;
          }
          if (!turn) return;
          turns.pop();
          yield turn.message;
          const next = taken.get(turn.group)!.next();
          if (!next.done) turns.push({ group: turn.group, message: next.value });
        }
      } finally {
        for (const group of taken.keys()) place(now, group);
      }
    },

    nextFreeAt(now) {
      letIn(now);
      if (firstReady(now)) return now;
      for (let first = locked.peek(); first; first = locked.peek()) {
        if (headOf(first.group) && lockedUntil(first.group, now) === first.at) return first.at;
        locked.pop();
        place(now, first.group);
      }
      return Number.POSITIVE_INFINITY;
    },

    inFlight(now) {
      for (const message of flying) if (message.visibleAt <= now) flying.delete(message);
      return flying.size;
    },
  };
}
