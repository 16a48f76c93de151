/**
 * A model of the table of versions: DynamoDB's API, as the SDK speaks it, with as much of its expressions as the product could use.
 * Writes of an item are one after the other, each made whole or not at all. Source: DynamoDB API reference, UpdateItem and GetItem.
 */
import type { SimulatedResponse } from '../machine/platform.ts';

type Value = { readonly N: string } | { readonly S: string };
type Item = Readonly<Record<string, Value>>;

interface Request {
  readonly Key: Item;
  readonly UpdateExpression?: string;
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Item;
}

export interface VersionsTable {
  /** Does what a request asks for, and answers it. */
  answer(target: string, body: string): SimulatedResponse;
}

/** Makes an empty table. */
export function createVersionsTable(): VersionsTable {
  const items = new Map<string, Item>();
  return {
    answer(target, body) {
      const request = JSON.parse(body) as Request;
      const key = JSON.stringify(request.Key);
      const item = items.get(key);
      switch (target) {
        case 'DynamoDB_20120810.GetItem':
          return reply(200, item ? { Item: item } : {});
        case 'DynamoDB_20120810.UpdateItem': {
          if (!isTrue(request, item ?? {})) {
            return reply(400, {
              ...errorOf('ConditionalCheckFailedException', 'The conditional request failed'),
              ...(item && { Item: item }),
            });
          }
          const updated = update(request, item ?? request.Key);
          items.set(key, updated);
          return reply(200, { Attributes: updated });
        }
        default:
          return tableError('UnknownOperationException', 400);
      }
    },
  };
}

/** An error as DynamoDB answers it. */
export function tableError(code: string, status: number): SimulatedResponse {
  return reply(status, errorOf(code, 'simulated'));
}

function errorOf(code: string, message: string) {
  return { __type: `com.amazonaws.dynamodb.v20120810#${code}`, message };
}

function reply(statusCode: number, body: object): SimulatedResponse {
  return { statusCode, headers: { 'content-type': 'application/x-amz-json-1.0' }, body: JSON.stringify(body) };
}

/** `SET #a = :a, #b = :b REMOVE #c, #d`. */
function update({ UpdateExpression = '', ...request }: Request, item: Item): Item {
  const [, sets = '', removals = ''] = /^(?:SET (.+?))? ?(?:REMOVE (.+))?$/.exec(UpdateExpression)!;
  const updated: Record<string, Value> = { ...item };
  for (const set of listed(sets)) {
    const [name, value] = set.split(' = ');
    updated[nameOf(request, name!)] = request.ExpressionAttributeValues![value!]!;
  }
  for (const name of listed(removals)) delete updated[nameOf(request, name)];
  return updated;
}

function listed(text: string): readonly string[] {
  return text === '' ? [] : text.split(', ');
}

function nameOf({ ExpressionAttributeNames: names = {} }: Request, name: string): string {
  return names[name] ?? name;
}

/** Reads a condition from left to right: comparisons, functions, AND before OR, brackets. */
function isTrue(request: Request, item: Item): boolean {
  const { ConditionExpression } = request;
  if (ConditionExpression === undefined) return true;
  const tokens = ConditionExpression.match(/[#:]?\w+|<=|>=|<>|[()=<>]/g)!;
  const attributeOf = (name: string): Value | undefined =>
    name.startsWith(':') ? request.ExpressionAttributeValues![name] : item[nameOf(request, name)];

  const operand = (): boolean => {
    const token = tokens.shift()!;
    if (token === '(') {
      const inner = alternatives();
      tokens.shift();
      return inner;
    }
    if (token === 'attribute_exists' || token === 'attribute_not_exists') {
      const [, name] = tokens.splice(0, 3);
      return (attributeOf(name!) !== undefined) === (token === 'attribute_exists');
    }
    const [operator, other] = tokens.splice(0, 2);
    return compare(attributeOf(token), operator!, attributeOf(other!));
  };
  const all = (): boolean => {
    let result = operand();
    while (tokens[0] === 'AND') {
      tokens.shift();
      // Both sides are read, whatever the first says.
      result = operand() && result;
    }
    return result;
  };
  const alternatives = (): boolean => {
    let result = all();
    while (tokens[0] === 'OR') {
      tokens.shift();
      result = all() || result;
    }
    return result;
  };
  return alternatives();
}

/** What is not there compares with nothing. */
function compare(left: Value | undefined, operator: string, right: Value | undefined): boolean {
  if (!left || !right) return false;
  const [a, b] = 'N' in left && 'N' in right ? [BigInt(left.N), BigInt(right.N)] : [text(left), text(right)];
  switch (operator) {
    case '=':
      return a === b;
    case '<>':
      return a !== b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    default:
      throw new Error(`the model does not know ${operator}`);
  }
}

function text(value: Value): string {
  return 'S' in value ? value.S : value.N;
}
