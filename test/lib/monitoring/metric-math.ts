/**
 * CloudWatch metric math for one point in time, as far as the alarms use it: numbers, metrics by their ids, arithmetic,
 * comparisons, AND, OR, IF and FILL. Source: CloudWatch user guide, using metric math.
 */

/** The metrics' values at a point in time, by their ids; undefined for one without a datapoint. */
export type Values = Readonly<Record<string, number | undefined>>;

/** An expression that was read: its value at a point in time, undefined if it has none there. */
export type Expression = (values: Values) => number | undefined;

/** Reads an expression. @throws Error at whatever it does not know */
export function readExpression(text: string): Expression {
  const tokens = text.match(/[a-z]\w*|[A-Z]+|\d+(?:\.\d+)?|[<>=]=|[-+*/()<>,]|\S/g) ?? [];
  const reader = createReader(tokens);
  const expression = readBinary(reader, 0);
  if (!reader.atEnd()) throw new Error(`${text}: ${reader.next()} is not expected.`);
  return expression;
}

interface Reader {
  peek(): string | undefined;
  next(): string;
  expect(token: string): void;
  atEnd(): boolean;
}

function createReader(tokens: readonly string[]): Reader {
  let at = 0;
  const reader: Reader = {
    peek: () => tokens[at],
    atEnd: () => at === tokens.length,
    next() {
      const token = tokens[at++];
      if (token === undefined) throw new Error('The expression ends too soon.');
      return token;
    },
    expect(token) {
      const found = reader.next();
      if (found !== token) throw new Error(`${found} is where ${token} is expected.`);
    },
  };
  return reader;
}

type Operator = (left: number, right: number) => number;

/** The loosest first. */
const OPERATORS: readonly Readonly<Record<string, Operator>>[] = [
  { OR: (left, right) => Number(left !== 0 || right !== 0) },
  { AND: (left, right) => Number(left !== 0 && right !== 0) },
  {
    '<': (left, right) => Number(left < right),
    '>': (left, right) => Number(left > right),
    '<=': (left, right) => Number(left <= right),
    '>=': (left, right) => Number(left >= right),
    '==': (left, right) => Number(left === right),
  },
  { '+': (left, right) => left + right, '-': (left, right) => left - right },
  { '*': (left, right) => left * right, '/': (left, right) => left / right },
];

function readBinary(reader: Reader, level: number): Expression {
  const operators = OPERATORS[level];
  if (!operators) return readOperand(reader);
  let left = readBinary(reader, level + 1);
  for (let operator = operators[reader.peek() ?? '']; operator; operator = operators[reader.peek() ?? '']) {
    reader.next();
    left = combine(operator, left, readBinary(reader, level + 1));
  }
  return left;
}

/** What one side has no value for, the whole has none for; nor has a division by zero one. */
function combine(operator: Operator, left: Expression, right: Expression): Expression {
  return (values) => {
    const [one, other] = [left(values), right(values)];
    if (one === undefined || other === undefined) return undefined;
    const result = operator(one, other);
    return Number.isFinite(result) ? result : undefined;
  };
}

function readOperand(reader: Reader): Expression {
  const token = reader.next();
  if (/^\d/.test(token)) return () => Number(token);
  if (token === '(') {
    const inner = readBinary(reader, 0);
    reader.expect(')');
    return inner;
  }
  if (token === 'IF') return readIf(readArguments(reader, 3));
  if (token === 'FILL') return readFill(readArguments(reader, 2));
  if (/^[a-z]/.test(token)) return readMetric(token);
  throw new Error(`${token} is not known.`);
}

function readArguments(reader: Reader, count: number): readonly Expression[] {
  reader.expect('(');
  const found = Array.from({ length: count }, (_, index) => {
    if (index > 0) reader.expect(',');
    return readBinary(reader, 0);
  });
  reader.expect(')');
  return found;
}

function readIf([condition, then, otherwise]: readonly Expression[]): Expression {
  return (values) => {
    const met = condition!(values);
    if (met === undefined) return undefined;
    return met === 0 ? otherwise!(values) : then!(values);
  };
}

function readFill([filled, filling]: readonly Expression[]): Expression {
  return (values) => filled!(values) ?? filling!(values);
}

function readMetric(id: string): Expression {
  return (values) => {
    if (!(id in values)) throw new Error(`There is no metric ${id}.`);
    return values[id];
  };
}
