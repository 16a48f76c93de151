/** What must be so for every call to PutUsers, whatever it carries. */
import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { Ajv } from 'ajv';
import { ServiceError } from '../../local/put-users/errors.ts';
import type { Fault } from '../../local/put-users/faults.ts';
import { isNumberText } from '../../local/put-users/properties.ts';
import { putUsers, type Reply } from '../../local/put-users/put-users.ts';
import { datasetStore, type StoredUser } from '../../local/put-users/store.ts';
import { DATASET_ARN } from '../local/put-users/support.ts';
import { parseFully } from './full-json.ts';
import { type HostileCall, PROPERTIES_LIMIT } from './hostile-requests.ts';

const ajv = new Ajv({ allowUnionTypes: true });

/** The request of API_UBS_PutUsers.md, and its `User`, as a JSON Schema. A member that is null is as good as absent. */
const keepsConstraints = ajv.compile<Request>({
  type: 'object',
  required: ['datasetArn', 'users'],
  properties: {
    datasetArn: { type: 'string', maxLength: 256, pattern: '^arn:([a-z\\d-]+):personalize:.*:.*:.+$' },
    users: {
      type: 'array',
      minItems: 1,
      maxItems: 10,
      items: {
        type: 'object',
        required: ['userId'],
        properties: {
          userId: { type: 'string', minLength: 1, maxLength: 256 },
          properties: { type: ['string', 'null'], minLength: 1, maxLength: PROPERTIES_LIMIT },
        },
      },
    },
  },
});

const areFlat = ajv.compile({
  type: 'object',
  additionalProperties: { type: ['string', 'number', 'boolean', 'null'] },
});

interface Request {
  readonly datasetArn: string;
  readonly users: readonly { readonly userId: string; readonly properties?: string | null }[];
}

/** The users that a body says are to be stored, if it keeps every constraint and names the dataset. */
export function usersToStore(body: string): readonly StoredUser[] | undefined {
  const request = parse(body);
  // Numbers beyond a double's range: ajv takes them for no numbers, and JSON has nothing against them.
  if (!keepsConstraints(request) || request.datasetArn !== DATASET_ARN) return undefined;
  const texts = request.users.map(({ properties }) => properties ?? '{}');
  if (!texts.every((text) => areFlat(finite(parse(text))))) return undefined;
  return request.users.map(({ userId }, index) => ({ userId, properties: propertiesIn(texts[index]!) }));
}

/** Stored users with numbers that are rounded to doubles. */
export function rounded(users: readonly StoredUser[]): readonly StoredUser[] {
  return users.map(({ userId, properties }) => ({
    userId,
    properties: Object.fromEntries(
      Object.entries(properties).map(([name, value]) => [name, isNumberText(value) ? Number(value.rawJSON) : value]),
    ),
  }));
}

/**
 * Carries out a call on a dataset of its own, and checks the reply and what is stored after it.
 *
 * @returns the reply
 * @throws AssertionError, or whatever the service threw
 */
export function checkCall(call: HostileCall, fault: Fault): Reply {
  const stored: StoredUser[] = [];
  const store = datasetStore([{ arn: DATASET_ARN }], (users) => stored.push(...users));
  const limits = { maxPropertiesLength: PROPERTIES_LIMIT };
  const reply = putUsers(call, fault, { store, limits, spendQuota: () => true });

  const wanted = call.isSigned ? usersToStore(call.body) : undefined;
  const isStored = reply.kind === 'accepted' || (reply.kind === 'dropped' && reply.usersStored > 0);
  assert.deepEqual(rounded(stored), isStored ? wanted : []);
  assert.deepEqual([...store.get(DATASET_ARN).users.keys()], [...new Set(stored.map(({ userId }) => userId))]);
  switch (reply.kind) {
    case 'accepted':
      assert.ok(fault.kind === 'none' && wanted !== undefined && reply.usersStored === wanted.length);
      break;
    case 'refused':
      if (fault.kind === 'none') assert.equal(wanted, undefined, `a good call was refused: ${reply.error.message}`);
      checkError(reply.error, call, fault);
      break;
    case 'badGateway':
      assert.ok(isDeepStrictEqual(fault, { kind: 'serverError', form: 'BadGateway' }));
      break;
    case 'dropped':
      assert.ok(fault.kind === 'dropped');
      assert.equal(reply.usersStored, fault.afterStoring ? (wanted?.length ?? 0) : 0);
      break;
  }
  return reply;
}

/** What the message of each error that a request can bring upon itself names. */
const NAMES: Readonly<Record<string, RegExp>> = {
  MissingAuthenticationTokenException: /Authentication Token/,
  IncompleteSignatureException: /Authorization header/,
  InvalidSignatureException: /Credential/,
  SerializationException: /request body|'(?:datasetArn|users(?:\.\d+\.member(?:\.(?:userId|properties))?)?)'/,
  ValidationException: /at '(?:datasetArn|users(?:\.\d+\.member(?:\.(?:userId|properties))?)?)'/,
  ResourceNotFoundException: /specified resource: arn:/,
  InvalidInputException: /^Error parsing properties json|^Property '/,
};

/** What the service may answer by itself has a status below 500 and a message that names what is wrong. */
export function checkError(error: ServiceError, { body }: { readonly body: string }, fault: Fault): void {
  assert.ok(error instanceof ServiceError);
  const onPurpose = fault.kind !== 'none' && !Object.hasOwn(NAMES, error.name);
  if (!onPurpose) {
    assert.ok(error.status >= 400 && error.status < 500);
    assert.match(error.message, NAMES[error.name] ?? /$unknown/);
  }
  assert.ok(error.message.length < 10_000 + 2 * body.length, `a message of ${error.message.length} characters`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a flat text says, where `JSON.parse` at times takes one name for another. */
export function propertiesIn(text: string): StoredUser['properties'] {
  const full = parseFully(text);
  assert.ok(full.kind === 'object');
  return Object.fromEntries(
    full.members.map(([name, value]) => {
      if (value.kind === 'number') return [name, Number(value.source)];
      // Another member of the name follows, or the text were not flat.
      return [name, value.kind === 'other' ? value.value : null];
    }),
  );
}

function finite(properties: unknown): unknown {
  if (typeof properties !== 'object' || properties === null || Array.isArray(properties)) return properties;
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [name, Math.abs(value) === Number.POSITIVE_INFINITY ? 0 : value]),
  );
}
