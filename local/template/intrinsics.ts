/**
 * Replaces intrinsic functions by what they stand for.
 * Source: CloudFormation user guide, "Intrinsic function reference".
 */
import { memberOf, type Place, TemplateError, type TemplateValue } from './template.ts';

/** What references stand for. */
export interface Scope {
  /**
   * What `Ref` gives for a resource, parameter or pseudo parameter.
   *
   * @throws TemplateError at the place of the reference, when there is no such thing
   */
  ref(name: string, place: Place): string;
  /**
   * What `Fn::GetAtt` gives.
   *
   * @throws TemplateError at the place of the reference, when there is no such resource or attribute
   */
  attribute(logicalId: string, name: string, place: Place): string;
  /**
   * What `Fn::FindInMap` gives.
   *
   * @throws TemplateError at the place of the reference, when there is no such entry
   */
  entry(map: string, topLevelKey: string, secondLevelKey: string, place: Place): TemplateValue;
}

type Intrinsic = (argument: TemplateValue, scope: Scope, place: Place) => TemplateValue;

/** A reference to this leaves out the member, or the element, that it is the value of. */
const NO_VALUE = { Ref: 'AWS::NoValue' } as const;

/** Functions whose arguments are resolved before they are called: all that may hold other functions. */
const OF_RESOLVED: Readonly<Record<string, Intrinsic>> = {
  Ref: (name, scope, place) => scope.ref(asString(name, place), place),
  'Fn::GetAtt': (argument, scope, place) => {
    const [logicalId = '', ...attribute] =
      typeof argument === 'string' ? argument.split('.') : asStrings(argument, place);
    return scope.attribute(logicalId, attribute.join('.'), place);
  },
  'Fn::Join': (argument, _, place) => {
    const [delimiter, values] = asPair(argument, place);
    return asStrings(values, place).join(asString(delimiter, place));
  },
  'Fn::Split': (argument, _, place) => {
    const [delimiter, value] = asPair(argument, place);
    return asString(value, place).split(asString(delimiter, place));
  },
  'Fn::Select': (argument, _, place) => {
    const [index, values] = asPair(argument, place);
    const selected = asList(values, place)[Number(index)];
    if (selected === undefined) throw new TemplateError(place, `there is no element ${index} to select`);
    return selected;
  },
  'Fn::FindInMap': (argument, scope, place) => {
    const [map = '', topLevelKey = '', secondLevelKey = ''] = asStrings(argument, place);
    return scope.entry(map, topLevelKey, secondLevelKey, place);
  },
  'Fn::Sub': (argument, scope, place) => {
    const [text, variables] = typeof argument === 'string' ? [argument, {}] : asPair(argument, place);
    return substitute(asString(text, place), asObject(variables, place), scope, place);
  },
};

/**
 * Resolves a value and everything in it.
 *
 * @throws TemplateError at the place of a function that is not known, or not used as CloudFormation wants it
 */
export function resolve(value: TemplateValue, scope: Scope, place: Place): TemplateValue {
  if (Array.isArray(value)) {
    return value.filter(isValue).map((element, index) => resolve(element, scope, memberOf(place, index)));
  }
  if (!isObject(value)) return value;
  const [name, argument] = intrinsicOf(value);
  if (name === undefined || argument === undefined) {
    const members = Object.entries(value).filter(([, member]) => isValue(member));
    return Object.fromEntries(members.map(([name, member]) => [name, resolve(member, scope, memberOf(place, name))]));
  }
  const intrinsic = OF_RESOLVED[name];
  if (!intrinsic) throw new TemplateError(place, `the local world does not know the function ${name}`);
  return intrinsic(resolve(argument, scope, place), scope, place);
}

function intrinsicOf(value: Readonly<Record<string, TemplateValue>>): readonly [string?, TemplateValue?] {
  const [entry, ...others] = Object.entries(value);
  return entry && others.length === 0 && (entry[0] === 'Ref' || entry[0].startsWith('Fn::')) ? entry : [];
}

function isValue(value: TemplateValue): boolean {
  return !(isObject(value) && value.Ref === NO_VALUE.Ref);
}

/** `${Name}` is a variable or a reference, `${Name.Attribute}` an attribute, and `${!Text}` the text `${Text}`. */
function substitute(
  text: string,
  variables: Readonly<Record<string, TemplateValue>>,
  scope: Scope,
  place: Place,
): string {
  return text.replaceAll(/\$\{(?<literal>!)?(?<name>[^}]*)\}/g, (_, literal: string | undefined, name: string) => {
    if (literal) return `\${${name}}`;
    const variable = variables[name];
    if (variable !== undefined) return asString(variable, place);
    const [logicalId = '', ...attribute] = name.split('.');
    return attribute.length === 0 ? scope.ref(name, place) : scope.attribute(logicalId, attribute.join('.'), place);
  });
}

function asString(value: TemplateValue | undefined, place: Place): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new TemplateError(place, `${JSON.stringify(value)} is not a string`);
}

function asList(value: TemplateValue | undefined, place: Place): readonly TemplateValue[] {
  if (Array.isArray(value)) return value;
  throw new TemplateError(place, `${JSON.stringify(value)} is not a list`);
}

function asStrings(value: TemplateValue | undefined, place: Place): readonly string[] {
  return asList(value, place).map((element) => asString(element, place));
}

function asPair(value: TemplateValue, place: Place): readonly [TemplateValue, TemplateValue] {
  const [first, second, ...others] = asList(value, place);
  if (first !== undefined && second !== undefined && others.length === 0) return [first, second];
  throw new TemplateError(place, `${JSON.stringify(value)} is not a list of two`);
}

function asObject(value: TemplateValue, place: Place): Readonly<Record<string, TemplateValue>> {
  if (isObject(value)) return value;
  throw new TemplateError(place, `${JSON.stringify(value)} is not an object`);
}

function isObject(value: TemplateValue): value is Readonly<Record<string, TemplateValue>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
