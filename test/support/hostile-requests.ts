/** Requests for the PutUsers service: good ones, ones at and past each limit, and damaged ones. */
import fc from 'fast-check';
import type { Fault } from '../../local/put-users/faults.ts';
import type { Call } from '../../local/put-users/put-users.ts';
import { AUTHORIZATION, DATASET_ARN, OTHER_DATASET_ARN } from '../local/put-users/support.ts';
import { damaged, properties } from './hostile-bodies.ts';

/** The limit on properties that the requests are made for. */
export const PROPERTIES_LIMIT = 4096;

export interface HostileCall extends Call {
  /** Whether its signature is one that the service takes. */
  readonly isSigned: boolean;
}

/** Any call to PutUsers. */
export function hostileCall(): fc.Arbitrary<HostileCall> {
  return fc.tuple(authorization, hostileRequestBody()).map(([header, body]) => ({
    authorization: header,
    isSigned: header === AUTHORIZATION,
    body,
  }));
}

/** Any body of a call to PutUsers. */
export function hostileRequestBody(): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 4, arbitrary: request },
    { weight: 4, arbitrary: damaged(request).map(({ body }) => body) },
    { weight: 1, arbitrary: fc.constantFrom(...OTHER_BODIES) },
  );
}

/** What the service is told to do with a call; nothing, mostly. */
export function drawnFault(): fc.Arbitrary<Fault> {
  const others = fc.constantFrom<Fault>(
    { kind: 'throttling' },
    { kind: 'conflict' },
    { kind: 'dropped', afterStoring: true },
    { kind: 'dropped', afterStoring: false },
    { kind: 'serverError', form: 'InternalFailure' },
    { kind: 'serverError', form: 'BadGateway' },
  );
  return usually<Fault>({ kind: 'none' }, others);
}

const json = (value: unknown) => JSON.stringify(value);
const MISSING = Symbol();

/** One value most of the time. */
function usually<T>(value: T, others: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ weight: 12, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: others });
}

const authorization = usually<string | undefined>(
  AUTHORIZATION,
  fc.constantFrom(
    undefined,
    '',
    'AWS4-HMAC-SHA256 ',
    'Basic YTpi',
    AUTHORIZATION.replace('/personalize/', '/sqs/'),
    AUTHORIZATION.replace('aws4_request', 'aws4'),
    AUTHORIZATION.replace('Signature=', 'signature='),
    AUTHORIZATION.replaceAll(',', ''),
    `AWS4-HMAC-SHA256 ${'='.repeat(1000)}${','.repeat(1000)}`,
    'AWS4-HMAC-SHA256 Credential=/, SignedHeaders=/, Signature=/',
  ),
);

const WRONG_TYPES = ['null', '0', 'true', '[]', '{}', '[[]]', '"x"', '1e999', '-0', '{"__proto__":{"userId":"a"}}'];

const arn = fc.oneof(
  { weight: 20, arbitrary: fc.constant(json(DATASET_ARN)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...[
        OTHER_DATASET_ARN,
        `${DATASET_ARN}${'x'.repeat(256 - DATASET_ARN.length)}`,
        `${DATASET_ARN}${'x'.repeat(257 - DATASET_ARN.length)}`,
        `${DATASET_ARN}\n`,
        `${DATASET_ARN}\u0000`,
        `${DATASET_ARN}\ud800`,
        'arn:a:personalize:::',
        'arn:a:personalize:::x',
        'ARN:a:personalize:::x',
        `arn:a:personalize:${':'.repeat(300)}\n`,
        `arn:a:personalize:${':'.repeat(3_000)}\n`,
        `arn:${'a'.repeat(3_000)}`,
        '',
      ].map(json),
      ...WRONG_TYPES,
    ),
  },
);

const userId = fc.oneof(
  { weight: 30, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }).map(json) },
  {
    weight: 10,
    arbitrary: fc.constantFrom('a', '__proto__', '\ud800', '\0', 'x'.repeat(256), '😀'.repeat(256)).map(json),
  },
  { weight: 1, arbitrary: fc.constantFrom(...['', 'x'.repeat(257), '😀'.repeat(257)].map(json), ...WRONG_TYPES) },
);

/** A text of properties that is so long. */
const sized = (length: number, character = ' ') => {
  const room = length - '{"a":1}'.length;
  return character === ' ' ? `{"a":1${' '.repeat(room)}}` : `{"a":1${' '.repeat(room - 6)},"${character}":1}`;
};

const propertiesText = fc.oneof(
  { weight: 30, arbitrary: properties.filter((text) => text.length < PROPERTIES_LIMIT) },
  {
    weight: 8,
    arbitrary: fc.constantFrom(
      '{}',
      ' {} ',
      sized(PROPERTIES_LIMIT),
      sized(PROPERTIES_LIMIT, 'é'),
      `{"a":"${'😀'.repeat(1001)}"}`,
      `{"a":"${'x'.repeat(PROPERTIES_LIMIT - 8)}"}`,
      '{"a":1,"a":2}',
      '{"a":1e999}',
      '{"a":9007199254740993}',
      '{"__proto__":1,"constructor":2}',
      '{"":null}',
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '',
      ' ',
      'null',
      '7',
      '[]',
      '"x"',
      '{',
      '{"a":{}}',
      '{"a":[]}',
      '{"__proto__":{}}',
      '{"a":NaN}',
      "{'a':1}",
      '\0',
      '\ud800',
      sized(PROPERTIES_LIMIT + 1),
      '['.repeat(4000),
      `${'{"a":'.repeat(500)}1${'}'.repeat(500)}`,
    ),
  },
);

const user = fc.oneof(
  {
    weight: 40,
    arbitrary: fc
      .tuple(userId, fc.oneof(propertiesText.map(json), fc.constantFrom<string | typeof MISSING>(MISSING, 'null')))
      .map(([id, text]) => (text === MISSING ? `{"userId":${id}}` : `{"userId":${id},"properties":${text}}`)),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...WRONG_TYPES,
      ...WRONG_TYPES.map((properties) => `{"userId":"a","properties":${properties}}`),
    ),
  },
);

const users = fc.oneof(
  { weight: 20, arbitrary: fc.array(user, { minLength: 1, maxLength: 3 }) },
  { weight: 4, arbitrary: fc.array(user, { minLength: 9, maxLength: 12 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      [],
      Array.from({ length: 1_000 }, () => 'null'),
    ),
  },
);

type Envelope = (datasetArn: string, users: string) => string;

const request = fc
  .tuple(
    arn,
    fc.oneof(
      { weight: 40, arbitrary: users.map((each) => `[${each.join(',')}]`) },
      { weight: 1, arbitrary: fc.constantFrom(...WRONG_TYPES) },
    ),
    usually<Envelope>(
      (datasetArn, list) => `{"datasetArn":${datasetArn},"users":${list}}`,
      fc.constantFrom<Envelope>(
        (datasetArn, list) => `{"users":${list},"datasetArn":${datasetArn}}`,
        (datasetArn, list) =>
          `{"__proto__":{"users":[]},"datasetArn":"x","users":${list},"constructor":1,"datasetArn":${datasetArn}}`,
        (_, list) => `{"users":${list}}`,
        (datasetArn) => `{"datasetArn":${datasetArn}}`,
      ),
    ),
  )
  .map(([datasetArn, list, envelope]) => envelope(datasetArn, list));

const OTHER_BODIES = [
  '',
  ' ',
  'null',
  '7',
  '"x"',
  '[]',
  '{}',
  '{',
  '\0',
  '\ufeff{}',
  'NaN',
  '['.repeat(5_000),
  `${'['.repeat(5_000)}${']'.repeat(20_000)}`,
  '{"users":'.repeat(1_000),
  `{"datasetArn":${json(DATASET_ARN)},"users":${'['.repeat(1_000)}${']'.repeat(1_000)}}`,
  'datasetArn=x&users=y',
];
