/** What a user's `properties` hold: values as they are written, whatever the dataset's schema. */
import { ServiceError } from './errors.ts';
import { isJsonObject, kindOf } from './json.ts';
import { membersOf } from './json-members.ts';

/** A number as the text that it is written with. `JSON.stringify` writes that text. */
export interface NumberText {
  readonly rawJSON: string;
}

/** The value of one property, as it is written. Several categories are one string, separated by `|`. */
export type WrittenValue = string | boolean | null | NumberText;

/** A user's properties by name, in camel case, as they are written. */
export type WrittenProperties = Readonly<Record<string, WrittenValue>>;

/** The value of one property, as the dataset holds it: a number that a double would round stays as it is written. */
export type StoredValue = string | number | boolean | null | NumberText;

/** A user's properties by name, in camel case, as the dataset holds them. */
export type StoredProperties = Readonly<Record<string, StoredValue>>;

interface JsonWithSource {
  rawJSON(text: string): NumberText;
  isRawJSON(value: unknown): value is NumberText;
}

const json = JSON as unknown as JsonWithSource;

/** Whether a value is a number. */
export const isNumberText = json.isRawJSON;

/**
 * Reads the JSON text of a user's properties: a flat object.
 *
 * @param text undefined for a user without properties
 * @throws ServiceError InvalidInputException that names the property
 */
export function readProperties(text: string | undefined): WrittenProperties {
  if (text === undefined) return {};
  checkObject(text);
  return Object.fromEntries([...membersOf(text)].map(([name, value]) => [name, readValue(name, value)]));
}

/** Properties as the dataset holds them. */
export function toStore(properties: WrittenProperties): StoredProperties {
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, storedValue(value)]));
}

function storedValue(value: WrittenValue): StoredValue {
  if (!isNumberText(value)) return value;
  const number = Number(value.rawJSON);
  const isRounded = !Number.isFinite(number) || (Number.isInteger(number) && !Number.isSafeInteger(number));
  return isRounded || Object.is(number, -0) ? value : number;
}

/** The sentence with which the real service refuses `properties` that are not JSON (seen in aws-sdk-js issue 2773). */
const NOT_JSON = 'Error parsing properties json';

function checkObject(text: string): void {
  let properties: unknown;
  try {
    properties = JSON.parse(text);
  } catch {
    throw invalid(NOT_JSON);
  }
  if (!isJsonObject(properties)) throw invalid(`${NOT_JSON}: must be an object, not ${kindOf(properties)}`);
}

function readValue(name: string, text: string): WrittenValue {
  if (text === '{' || text === '[') {
    const kind = text === '{' ? 'an object' : 'an array';
    throw invalid(`Property '${name}' must be a string, number, boolean or null, not ${kind}`);
  }
  return /^[-\d]/.test(text) ? json.rawJSON(text) : (JSON.parse(text) as string | boolean | null);
}

function invalid(message: string): ServiceError {
  return new ServiceError('InvalidInputException', message);
}
