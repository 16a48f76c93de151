/** Packs users into messages, and messages into what one SendMessageBatch takes, in their order. */

import { ENTRIES_PER_SQS_BATCH, MAX_MESSAGE_BYTES } from '../aws/sqs/limits.ts';
import { groupOfUser } from '../aws/sqs/message-group.ts';
import type { Reason } from '../contract/message/reason.ts';
import type { GivenVersion } from '../contract/message/record-version.ts';
import type { UserRecord } from '../contract/message/schema.ts';
import { writeUser } from '../contract/message/write-message.ts';

/** Something that was read, and what it turned out to be. What is refused goes along, to be told of in its turn. */
export type Draft<Input> =
  | {
      readonly kind: 'user';
      readonly input: Input;
      readonly user: UserRecord;
      /** @default the time at which it is sent */
      readonly version?: GivenVersion | undefined;
      /** The message group, on a FIFO queue. @default none */
      readonly groupId?: string | undefined;
    }
  | {
      readonly kind: 'refused';
      readonly input: Input;
      readonly reason: Reason;
      /** What the input takes of memory, in bytes, if it is much. @default 0 */
      readonly bytes?: number;
    };

/** Users that are sent as one message. */
export interface OutgoingMessage {
  readonly body: string;
  /** Only on a FIFO queue. */
  readonly groupId: string | undefined;
}

/** What is sent in one call, and the refused that stood between. */
export interface Batch<Input> {
  /** None, if all were refused; 10 at most, 1 MiB in all at most. */
  readonly messages: readonly OutgoingMessage[];
  /** In their order. `message` is the index of the one that carries the user. */
  readonly inputs: readonly BatchInput<Input>[];
}

export type BatchInput<Input> =
  | { readonly kind: 'packed'; readonly input: Input; readonly message: number }
  | { readonly kind: 'refused'; readonly input: Input; readonly reason: Reason };

export interface PackingOptions {
  /** The most users of one message. */
  readonly usersPerMessage: number;
}

/**
 * Fills batches. Of a message group each message holds users of no other, and each batch one message: an entry that fails
 * would otherwise be overtaken.
 */
export interface Packer<Input> {
  /** Takes one more, and returns the batch that is full by it, if one is. */
  add(draft: Draft<Input>): Batch<Input> | undefined;
  /** Takes out what is left, if anything is. */
  end(): Batch<Input> | undefined;
}

/** What a message of several users has besides them and the commas between. */
const ENVELOPE_BYTES = Buffer.byteLength('{"users":[]}');

/** Inputs of a batch that were refused, at most: they take memory until their turn. */
const MAX_REFUSED = 1_000;

interface OpenMessage {
  readonly users: string[];
  readonly groupId: string | undefined;
  /** Whether the group is its users' own. The function refuses a message that holds others besides. */
  readonly isOwnGroup: boolean;
}

/** Makes a packer. */
export function createPacker<Input>({ usersPerMessage }: PackingOptions): Packer<Input> {
  let messages: OpenMessage[] = [];
  let inputs: BatchInput<Input>[] = [];
  let bytes = 0;
  let refused = { count: 0, bytes: 0 };

  const take = (): Batch<Input> | undefined => {
    if (inputs.length === 0) return undefined;
    const batch = { messages: messages.map(close), inputs };
    messages = [];
    inputs = [];
    bytes = 0;
    refused = { count: 0, bytes: 0 };
    return batch;
  };

  const refuse = (input: Input, reason: Reason, weight: number) => {
    inputs.push({ kind: 'refused', input, reason });
    refused = { count: refused.count + 1, bytes: refused.bytes + weight };
    return refused.count >= MAX_REFUSED || refused.bytes >= MAX_MESSAGE_BYTES ? take() : undefined;
  };

  const addUser = (input: Input, text: string, groupId: string | undefined, isOwnGroup: boolean) => {
    const size = Buffer.byteLength(text);
    if (size > MAX_MESSAGE_BYTES) return refuse(input, TOO_LARGE, size);

    const open = messages.at(-1);
    const isRoomInMessage =
      open && open.users.length < usersPerMessage && open.groupId === groupId && open.isOwnGroup === isOwnGroup;
    const growth = open && (open.users.length === 1 ? ENVELOPE_BYTES : 0) + 1 + size;
    if (isRoomInMessage && bytes + growth! <= MAX_MESSAGE_BYTES) {
      open.users.push(text);
      bytes += growth!;
      inputs.push({ kind: 'packed', input, message: messages.length - 1 });
      return undefined;
    }

    const isFull = messages.length === ENTRIES_PER_SQS_BATCH || bytes + size > MAX_MESSAGE_BYTES;
    const isGroupThere = groupId !== undefined && messages.some((message) => message.groupId === groupId);
    const full = isFull || isGroupThere ? take() : undefined;
    messages.push({ users: [text], groupId, isOwnGroup });
    bytes += size;
    inputs.push({ kind: 'packed', input, message: messages.length - 1 });
    return full;
  };

  return {
    add: (draft) =>
      draft.kind === 'user'
        ? addUser(draft.input, writeUser(draft.user, draft.version), draft.groupId, isInOwnGroup(draft))
        : refuse(draft.input, draft.reason, draft.bytes ?? 0),
    end: take,
  };
}

function isInOwnGroup({
  user,
  groupId,
}: {
  readonly user: UserRecord;
  readonly groupId?: string | undefined;
}): boolean {
  return groupId !== undefined && groupId === groupOfUser(user);
}

/** No contract knows of it: how much a message holds is the queue's own limit. */
const TOO_LARGE: Reason = {
  code: 'MessageTooLong',
  message: `the user, written as a message, has more than ${MAX_MESSAGE_BYTES} bytes, the most that SQS takes`,
};

function close({ users, groupId }: OpenMessage): OutgoingMessage {
  return { body: users.length === 1 ? users[0]! : `{"users":[${users.join(',')}]}`, groupId };
}
