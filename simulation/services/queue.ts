/**
 * A model of a queue of SQS: what is visible when and in what order, how often it was received, what it is moved for. It
 * knows no clock: each call says what time it is.
 * Sources: SQS developer guide and API reference; where they leave something open, the model takes what is worse for us.
 */
import { createHash } from 'node:crypto';
import TinyQueue from 'tinyqueue';
import { attributeBytes } from '../../aws/sqs/attribute.ts';
import { MAX_ATTRIBUTES, MAX_MESSAGE_BYTES, RETENTION_IN_SECONDS } from '../../aws/sqs/limits.ts';
import type { Random } from '../../local/random.ts';
import { createFifoLines } from './fifo-lines.ts';
import { createVisibleMessages } from './visible-messages.ts';

/** A message's attribute, as the API has it. */
export interface WireAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  /** In base64. */
  readonly BinaryValue?: string;
}

/** What is sent. */
export interface NewMessage {
  readonly body: string;
  readonly attributes?: Readonly<Record<string, WireAttribute>> | undefined;
  readonly groupId?: string | undefined;
  readonly deduplicationId?: string | undefined;
}

/** A message of the model. */
export interface QueuedMessage extends NewMessage {
  readonly id: string;
  readonly sentAt: number;
  /** Its place in a FIFO queue. */
  readonly sequence: number;
  /** The queue whose redrive policy has moved it here. */
  readonly movedFrom: string | undefined;
  receives: number;
  firstReceivedAt: number | undefined;
  /** When it can be received next. */
  visibleAt: number;
  /** The receipt of its last receive. */
  receipt: string | undefined;
  /** Since when it is in flight. */
  receivedAt: number | undefined;
}

/** The API refuses something. */
export class SqsError extends Error {
  override readonly name: string;
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

export interface QueueOptions {
  readonly name: string;
  readonly fifo: boolean;
  readonly visibilityTimeoutInSeconds: number;
  /** @default 14 days */
  readonly retentionInSeconds?: number;
  /** Where a message goes that was received so often. @default nowhere */
  readonly redrive?: { readonly to: Queue; readonly maxReceiveCount: number } | undefined;
  /** Of what is not documented of fair queues. @default nothing is left to chance */
  readonly random?: Random | undefined;
  /** Of a standard queue: whether others are handed out before a message whose turn it is. @default never */
  readonly isPassedOver?: ((message: QueuedMessage) => boolean) | undefined;
  /** Whether a message that was just received stays visible: at-least-once delivery. @default never */
  readonly isDuplicated?: ((message: QueuedMessage) => boolean) | undefined;
  /** Of a FIFO queue: whether it hands out as many of one group as it can. @default in the order of all messages */
  readonly groupsTogether?: boolean | undefined;
  readonly observer?: QueueObserver | undefined;
}

/** Is told what happens in a queue. */
export interface QueueObserver {
  onAccepted?(message: QueuedMessage): void;
  /** It was dropped: its deduplication id was there before. */
  onDeduplicated?(message: NewMessage, original: NewMessage): void;
  onReceived?(message: QueuedMessage): void;
  onVisibilityChanged?(message: QueuedMessage, seconds: number): void;
  onDeleted?(message: QueuedMessage): void;
  onMoved?(message: QueuedMessage, to: QueuedMessage): void;
  onExpired?(message: QueuedMessage): void;
}

export interface Queue {
  readonly name: string;
  readonly fifo: boolean;
  /** @throws SqsError for what SQS does not take */
  send(now: number, message: NewMessage): { readonly id: string; readonly sequence: number };
  /** Takes out what is visible; see the options for its order. */
  receive(now: number, maximum: number, visibilityTimeoutInSeconds?: number): readonly QueuedMessage[];
  /** @throws SqsError for a receipt that is none */
  delete(now: number, receipt: string): void;
  /** @throws SqsError for a message that is not in flight */
  changeVisibility(now: number, receipt: string, seconds: number): void;
  /** When there may be something to receive; infinity if never. */
  nextVisibleAt(now: number): number;
  /** About how many messages there are, as GetQueueAttributes has it. */
  depth(now: number): { readonly visible: number; readonly hidden: number };
  /** All that is in it, in the order of sending. */
  messages(): IterableIterator<QueuedMessage>;
  find(id: string): QueuedMessage | undefined;
  /** Puts in what another queue's redrive policy, or a move task, moves here. */
  takeOver(now: number, message: QueuedMessage, from: string | undefined): QueuedMessage;
  /** Takes a message out, as a move task does. */
  remove(now: number, message: QueuedMessage): void;
}

/** How long a deduplication id is remembered, in milliseconds. Source: SQS developer guide, exactly-once processing. */
export const DEDUPLICATION_INTERVAL = 5 * 60_000;
/** From the first receive on, in milliseconds. Source: SQS developer guide, visibility timeout. */
const LONGEST_INVISIBILITY = 43_200_000;

export function createQueue(options: QueueOptions): Queue {
  const { name, fifo, redrive, observer = {}, isPassedOver = () => false, isDuplicated = () => false } = options;
  const retention = (options.retentionInSeconds ?? RETENTION_IN_SECONDS) * 1000;
  const present = new Map<string, QueuedMessage>();
  const byReceipt = new Map<string, QueuedMessage>();
  const invisible = new TinyQueue<{ at: number; message: QueuedMessage }>([], (a, b) => a.at - b.at);
  const deduplication = new Map<string, { id: string; sequence: number; until: number; message: NewMessage }>();
  const visible = createVisibleMessages<QueuedMessage>(options.random ?? (() => 0.5));
  const lines = createFifoLines<QueuedMessage>({ groupsTogether: options.groupsTogether ?? false });
  let count = 0;

  const put = (now: number, message: NewMessage, origin: Partial<QueuedMessage>): QueuedMessage => {
    count++;
    const queued: QueuedMessage = {
      ...message,
      id: `${name}-${count}`,
      sentAt: now,
      movedFrom: undefined,
      receives: 0,
      firstReceivedAt: undefined,
      receipt: undefined,
      receivedAt: undefined,
      ...origin,
      sequence: count,
      visibleAt: now,
    };
    present.set(queued.id, queued);
    if (fifo) lines.add(queued);
    else visible.add(queued);
    return queued;
  };

  /** Lets those come back that are visible again. */
  const letIn = (now: number) => {
    for (let first = invisible.peek(); first && first.at <= now; first = invisible.peek()) {
      invisible.pop();
      // It may have been hidden anew, or be gone.
      const { message } = first;
      if (present.get(message.id) !== message || message.visibleAt !== first.at) continue;
      land(now, message);
      visible.add(message);
    }
  };

  /** It is in flight no more. */
  const land = (now: number, message: QueuedMessage) => {
    if (message.receivedAt !== undefined) visible.groups.ended(message.groupId, message.receivedAt, now);
    message.receivedAt = undefined;
  };

  const hide = (now: number, message: QueuedMessage, seconds: number) => {
    const latest = (message.firstReceivedAt ?? now) + LONGEST_INVISIBILITY;
    message.visibleAt = Math.min(now + seconds * 1000, latest);
    if (fifo) lines.moved(now, message);
    else invisible.push({ at: message.visibleAt, message });
  };

  const leave = (now: number, message: QueuedMessage) => {
    land(now, message);
    present.delete(message.id);
    if (fifo) lines.remove(now, message);
    if (message.receipt) byReceipt.delete(message.receipt);
  };

  /** Whether it may be handed out; moves or drops it if it is not to be. */
  const isToBeReceived = (now: number, message: QueuedMessage): boolean => {
    if (now - message.sentAt > retention) {
      leave(now, message);
      observer.onExpired?.(message);
      return false;
    }
    if (redrive && message.receives >= redrive.maxReceiveCount) {
      leave(now, message);
      const moved = redrive.to.takeOver(now, message, name);
      observer.onMoved?.(message, moved);
      return false;
    }
    return true;
  };

  const handOut = (now: number, message: QueuedMessage, seconds: number): QueuedMessage => {
    message.receives++;
    message.firstReceivedAt ??= now;
    if (message.receipt) byReceipt.delete(message.receipt);
    message.receipt = `${message.id}#${message.receives}`;
    byReceipt.set(message.receipt, message);
    if (isDuplicated(message)) visible.add(message);
    else hide(now, message, seconds);
    observer.onReceived?.(message);
    return { ...message };
  };

  const takeFromStandard = (now: number, maximum: number, seconds: number): QueuedMessage[] => {
    const received: QueuedMessage[] = [];
    // What is duplicated or passed over comes again at the next receive, and not in this one.
    for (let left = visible.count; left > 0 && received.length < maximum; left--) {
      const message = visible.next(now)!;
      if (isPassedOver(message)) {
        visible.groups.received(message.groupId, now);
        visible.groups.ended(message.groupId, now, now);
        visible.add(message);
        continue;
      }
      visible.groups.received(message.groupId, now);
      message.receivedAt = now;
      const isHere = present.get(message.id) === message && message.visibleAt <= now;
      if (isHere && isToBeReceived(now, message)) received.push(handOut(now, message, seconds));
      else land(now, message);
    }
    return received;
  };

  const takeFromFifo = (now: number, maximum: number, seconds: number): QueuedMessage[] => {
    const received: QueuedMessage[] = [];
    for (const message of lines.free(now)) {
      if (isToBeReceived(now, message)) received.push(handOut(now, message, seconds));
      if (received.length >= maximum) break;
    }
    return received;
  };

  return {
    name,
    fifo,
    send(now, message) {
      check(message, fifo);
      const { deduplicationId } = message;
      if (fifo) {
        for (const [id, { until }] of deduplication) {
          if (until > now) break;
          deduplication.delete(id);
        }
        const before = deduplication.get(deduplicationId!);
        if (before && before.until > now) {
          observer.onDeduplicated?.(message, before.message);
          return before;
        }
      }
      const queued = put(now, message, {});
      if (fifo) {
        const { id, sequence } = queued;
        deduplication.set(deduplicationId!, { id, sequence, until: now + DEDUPLICATION_INTERVAL, message });
      }
      observer.onAccepted?.(queued);
      return queued;
    },
    receive(now, maximum, seconds = options.visibilityTimeoutInSeconds) {
      letIn(now);
      return fifo ? takeFromFifo(now, maximum, seconds) : takeFromStandard(now, maximum, seconds);
    },
    delete(now, receipt) {
      const message = byReceipt.get(receipt);
      if (!message) {
        // Of a newer receipt, or gone: the request succeeds and does nothing. Source: DeleteMessage API reference.
        if (!receipt.startsWith(name))
          throw new SqsError('ReceiptHandleIsInvalid', 'The input receipt handle is invalid.');
        return;
      }
      // Source: DeleteMessage API reference, ReceiptHandle of a FIFO queue that has expired.
      if (fifo && message.visibleAt <= now) {
        throw new SqsError('InvalidParameterValue', 'The receipt handle has expired.');
      }
      leave(now, message);
      observer.onDeleted?.(message);
    },
    changeVisibility(now, receipt, seconds) {
      const message = byReceipt.get(receipt);
      if (!message)
        throw new SqsError(
          'InvalidParameterValue',
          'Message does not exist or is not available for visibility timeout change.',
        );
      if (message.visibleAt <= now) throw new SqsError('MessageNotInflight', 'The message is not in flight.');
      hide(now, message, seconds);
      observer.onVisibilityChanged?.(message, seconds);
    },
    nextVisibleAt(now) {
      letIn(now);
      if (fifo) return lines.nextFreeAt(now);
      return visible.count > 0 ? now : (invisible.peek()?.at ?? Number.POSITIVE_INFINITY);
    },
    depth(now) {
      letIn(now);
      const waiting = fifo ? present.size - lines.inFlight(now) : Math.min(visible.count, present.size);
      return { visible: waiting, hidden: present.size - waiting };
    },
    messages: () => present.values(),
    find: (id) => present.get(id),
    takeOver(now, message, from) {
      const { body, attributes, groupId, deduplicationId, sentAt } = message;
      // It keeps its time on a standard queue. Source: SQS developer guide, dead-letter queues.
      return put(
        now,
        { body, attributes, groupId, deduplicationId },
        { movedFrom: from, ...(!fifo && from && { sentAt }) },
      );
    },
    remove: (now, message) => leave(now, message),
  };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that SQS refuses
const REFUSED_CHARACTERS = /[\0-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]/;
const ID = /^[\w!"#$%&'()*+,\-./:;<=>?@[\\\]^`{|}~]{1,128}$/;

/** Source: SQS API reference, SendMessage and message quotas. */
function check({ body, attributes = {}, groupId, deduplicationId }: NewMessage, fifo: boolean): void {
  const refuse = (code: string, message: string): never => {
    throw new SqsError(code, message);
  };
  if (body === '') refuse('MissingParameter', 'The request must contain the parameter MessageBody.');
  if (REFUSED_CHARACTERS.test(body)) refuse('InvalidMessageContents', 'Invalid characters in the body.');
  const names = Object.keys(attributes);
  if (names.length > MAX_ATTRIBUTES)
    refuse('InvalidParameterValue', `Number of message attributes [${names.length}] exceeds the allowed maximum [10].`);
  for (const [name, { DataType, StringValue, BinaryValue }] of Object.entries(attributes)) {
    if (!DataType || (!StringValue && !BinaryValue))
      refuse('InvalidParameterValue', `The message attribute '${name}' must contain a non-empty value.`);
    if (StringValue && REFUSED_CHARACTERS.test(StringValue))
      refuse('InvalidParameterValue', `Invalid characters in attribute '${name}'.`);
  }
  if (sizeOf({ body, attributes }) > MAX_MESSAGE_BYTES)
    refuse(
      'InvalidParameterValue',
      'One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes.',
    );
  if (groupId !== undefined && !ID.test(groupId)) refuse('InvalidParameterValue', 'MessageGroupId');
  if (!fifo) return;
  if (groupId === undefined) refuse('MissingParameter', 'The request must contain the parameter MessageGroupId.');
  if (deduplicationId === undefined || !ID.test(deduplicationId))
    refuse('InvalidParameterValue', 'MessageDeduplicationId');
}

/** What a message counts for, in bytes. */
export function sizeOf({ body, attributes = {} }: NewMessage): number {
  return Object.entries(attributes).reduce(
    (bytes, [name, { DataType, StringValue, BinaryValue }]) =>
      bytes +
      attributeBytes(name, {
        dataType: DataType,
        ...(StringValue !== undefined && { stringValue: StringValue }),
        ...(BinaryValue !== undefined && { binaryValue: Buffer.from(BinaryValue, 'base64') }),
      }),
    Buffer.byteLength(body),
  );
}

export function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
