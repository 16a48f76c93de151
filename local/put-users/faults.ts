/** Faults that the service commits on purpose, so that its callers can be seen to bear them. */

import type { Random } from '../random.ts';
import { isJsonObject, kindOf } from './json.ts';

/**
 * How often which fault happens. A rate is a share of the signed calls, from 0 to 1. A call has one of the faults
 * `throttling`, `serverError`, `conflict` and `dropped` at most, so their rates add up to 1 at most; `slow` comes on
 * top of any reply.
 */
export interface Faults {
  /** Answered with a ThrottlingException, whatever is left of the quota. @default 0 */
  readonly throttling: number;
  /** Answered with a 500, a 503 or a load balancer's 502 page, each as often. @default 0 */
  readonly serverError: number;
  /** Answered with a ResourceInUseException, though the dataset is active. @default 0 */
  readonly conflict: number;
  /** Not answered: the connection breaks, for half of the calls after their users were stored. @default 0 */
  readonly dropped: number;
  /** Answered late. @default 0 */
  readonly slow: number;
  /** How late a slow reply is, in milliseconds. @default 5000 */
  readonly slowByInMilliseconds: number;
}

/** Faults, and where their random sequence begins. */
export interface FaultSettings extends Faults {
  /** Starts the random sequence anew. @default the sequence goes on; a new service starts at 1 */
  readonly seed: number | undefined;
}

/** The fault of one call. */
export type Fault =
  | { readonly kind: 'none' }
  | { readonly kind: 'throttling' }
  | { readonly kind: 'serverError'; readonly form: ServerErrorForm }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'dropped'; readonly afterStoring: boolean };

/** The forms in which a server error comes. BadGateway is a page of HTML, as load balancers send it. */
export type ServerErrorForm = (typeof SERVER_ERROR_FORMS)[number];

const SERVER_ERROR_FORMS = ['InternalFailure', 'ServiceUnavailable', 'BadGateway'] as const;

const NO_FAULTS: FaultSettings = {
  throttling: 0,
  serverError: 0,
  conflict: 0,
  dropped: 0,
  slow: 0,
  slowByInMilliseconds: 5000,
  seed: undefined,
};

const EXCLUSIVE_RATES = ['throttling', 'serverError', 'conflict', 'dropped'] as const;
const RATES: readonly string[] = [...EXCLUSIVE_RATES, 'slow'];

/**
 * Reads settings that came from outside. What is not given has its default.
 *
 * @throws RangeError that names the setting, says what is wrong and what it takes
 */
export function readFaults(value: unknown): FaultSettings {
  if (!isJsonObject(value)) throw new RangeError(`faults must be an object, not ${kindOf(value)}`);
  const given = Object.entries(value).filter(([, setting]) => setting !== undefined);
  for (const [name, setting] of given) checkSetting(name, setting);
  const faults: FaultSettings = { ...NO_FAULTS, ...Object.fromEntries(given) };
  checkSum(faults);
  return faults;
}

/** Draws the fault of the next call. Takes two numbers from `random`, whatever the rates: so one rate moves no other's. */
export function drawFault(faults: Faults, random: Random): Fault {
  const [which, variant] = [random(), random()];
  let bound = 0;
  for (const kind of EXCLUSIVE_RATES) {
    bound += faults[kind];
    if (which < bound) return faultOf(kind, variant);
  }
  return { kind: 'none' };
}

/** Draws by how many milliseconds the reply to the next call is late. Takes one number from `random`. */
export function drawSlowness({ slow, slowByInMilliseconds }: Faults, random: Random): number {
  return random() < slow ? slowByInMilliseconds : 0;
}

function faultOf(kind: (typeof EXCLUSIVE_RATES)[number], variant: number): Fault {
  switch (kind) {
    case 'serverError':
      return { kind, form: SERVER_ERROR_FORMS[Math.floor(variant * SERVER_ERROR_FORMS.length)]! };
    case 'dropped':
      return { kind, afterStoring: variant < 0.5 };
    default:
      return { kind };
  }
}

function checkSetting(name: string, setting: unknown): void {
  if (!Object.hasOwn(NO_FAULTS, name)) {
    throw new RangeError(`faults.${name} is not known; there is ${Object.keys(NO_FAULTS).join(', ')}`);
  }
  if (typeof setting !== 'number' || !Number.isFinite(setting)) {
    throw new RangeError(`faults.${name} must be a number, not ${kindOf(setting)}`);
  }
  if (RATES.includes(name) && (setting < 0 || setting > 1)) {
    throw new RangeError(`faults.${name} must be a rate from 0 to 1, not ${setting}`);
  }
  if (name === 'slowByInMilliseconds' && setting < 0) {
    throw new RangeError(`faults.${name} must be 0 or more, not ${setting}`);
  }
}

function checkSum(faults: Faults): void {
  const sum = EXCLUSIVE_RATES.reduce((total, kind) => total + faults[kind], 0);
  if (sum > 1 + Number.EPSILON) {
    throw new RangeError(`the rates ${EXCLUSIVE_RATES.join(', ')} must add up to 1 at most, not ${sum}`);
  }
}
