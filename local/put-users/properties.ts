/** What a user's `properties` may hold, whatever the dataset's schema. */
import { ServiceError } from './errors.ts';
import { isJsonObject, kindOf } from './json.ts';

/** The value of one property. Several categories are one string, separated by `|`. */
export type PropertyValue = string | number | boolean | null;

/** A user's properties by name, in camel case. */
export type Properties = Readonly<Record<string, PropertyValue>>;

/**
 * Reads the JSON text of a user's properties: a flat object.
 *
 * @param text undefined for a user without properties
 * @throws ServiceError InvalidInputException that names the property
 */
export function readProperties(text: string | undefined): Properties {
  if (text === undefined) return {};
  const properties = parse(text);
  for (const [name, value] of Object.entries(properties)) checkValue(name, value);
  return properties as Properties;
}

/** The sentence with which the real service refuses `properties` that are not JSON (seen in aws-sdk-js issue 2773). */
const NOT_JSON = 'Error parsing properties json';

function parse(text: string): Readonly<Record<string, unknown>> {
  let properties: unknown;
  try {
    properties = JSON.parse(text);
  } catch {
    throw invalid(NOT_JSON);
  }
  if (!isJsonObject(properties)) throw invalid(`${NOT_JSON}: must be an object, not ${kindOf(properties)}`);
  return properties;
}

function checkValue(name: string, value: unknown): void {
  if (typeof value === 'object' && value !== null) {
    throw invalid(`Property '${name}' must be a string, number, boolean or null, not ${kindOf(value)}`);
  }
}

function invalid(message: string): ServiceError {
  return new ServiceError('InvalidInputException', message);
}
