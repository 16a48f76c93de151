/** What becomes of a user that keeps the message contract, by the dataset's schema, before any call. */

import { readExactly } from '../message/exact-json.ts';
import { isJsonObject } from '../message/json-object.ts';
import { valueAt } from '../message/json-source.ts';
import type { UserRecord } from '../message/schema.ts';
import { createJudge, type Properties } from './judge-user.ts';
import { isCertain, type Misfit } from './misfits.ts';
import type { UsersSchema } from './users-schema.ts';

/**
 * What is done with users that do not fit the schema:
 *
 * | setting    | a certain misfit  | an uncertain one  |
 * |------------|-------------------|-------------------|
 * | `certain`  | rejected unsent   | called as suspect |
 * | `all`      | rejected unsent   | rejected unsent   |
 * | `separate` | called as suspect | called as suspect |
 * | `off`      | called            | called            |
 */
export type SchemaCheck = 'certain' | 'all' | 'separate' | 'off';

/** All of them. */
export const SCHEMA_CHECKS = ['certain', 'all', 'separate', 'off'] as const satisfies readonly SchemaCheck[];

/** What is done if nobody says otherwise. */
export const DEFAULT_SCHEMA_CHECK: SchemaCheck = 'certain';

/** The dataset that users are for. */
export interface DatasetRules {
  readonly schema: UsersSchema;
  /** @default certain */
  readonly check?: SchemaCheck;
}

/** Whether, and how, a user is to be called. */
export type Admission =
  | { readonly kind: 'clean'; readonly user: UserRecord }
  /** `misfits` are why PutUsers may refuse it; at least one. */
  | { readonly kind: 'suspect'; readonly user: UserRecord; readonly misfits: readonly Misfit[] }
  | { readonly kind: 'rejected'; readonly misfit: Misfit };

/**
 * Admits a user.
 *
 * @param user - as it would be sent
 * @param properties - as the message had them: an object of exact values, or the text of one
 */
export type Admit = (user: UserRecord, properties: unknown) => Admission;

/** Makes what admits the users of a dataset; undefined if its schema is not to be asked. */
export function createAdmission({ schema, check = DEFAULT_SCHEMA_CHECK }: DatasetRules): Admit | undefined {
  if (check === 'off') return undefined;
  const judge = createJudge(schema);
  return (user, given) => {
    const judgement = judge(isJsonObject(given) ? (given as Properties) : propertiesIn(user.properties));
    if (judgement.kind === 'clean') return { kind: 'clean', user: rewritten(user, judgement.properties) };
    const { misfits } = judgement;
    const unsent = check === 'separate' ? undefined : misfits.find((misfit) => check === 'all' || isCertain(misfit));
    if (unsent) return { kind: 'rejected', misfit: unsent };
    return { kind: 'suspect', user: rewritten(user, judgement.properties), misfits };
  };
}

function propertiesIn(text: string | undefined): Properties {
  return text === undefined ? {} : (readExactly(text, valueAt(text, 0), 1) as Properties);
}

function rewritten(user: UserRecord, properties: Properties | undefined): UserRecord {
  return properties === undefined ? user : { ...user, properties: JSON.stringify(properties) };
}

/** Digits and points in a number so long that `JSON.parse` may have rounded its fraction away. */
const LONG_NUMBER = 17;

/**
 * Whether a body may hold a number whose fraction `JSON.parse` dropped without a word: then it must be read exactly. A run of
 * digits so long has one of every 17th characters, so that no others are looked at.
 */
export function mayHoldLongNumbers(body: string): boolean {
  for (let at = LONG_NUMBER - 1; at < body.length; at += LONG_NUMBER) {
    if (isOfNumber(body, at) && runAround(body, at) >= LONG_NUMBER) return true;
  }
  return false;
}

/** How many digits and points stand side by side there. */
function runAround(body: string, at: number): number {
  let first = at;
  let last = at;
  while (isOfNumber(body, first - 1)) first--;
  while (isOfNumber(body, last + 1)) last++;
  return last - first + 1;
}

function isOfNumber(body: string, at: number): boolean {
  const code = body.charCodeAt(at);
  return (code >= ZERO && code <= NINE) || code === POINT;
}

const [ZERO, NINE, POINT] = ['0', '9', '.'].map((character) => character.charCodeAt(0)) as [number, number, number];
