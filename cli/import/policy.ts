/**
 * Whether a policy lets Personalize in, as far as its text says. Pure. Source of the rules: IAM user guide, policy evaluation
 * logic: what no statement allows is refused, and a refusal goes before what allows it.
 */

/** What Personalize is called in policies. Source: Personalize developer guide, access to Amazon S3 resources. */
export const PERSONALIZE = 'personalize.amazonaws.com';

/** Something that Personalize does. */
export interface PersonalizeRequest {
  /** Such as `s3:GetObject`. */
  readonly action: string;
  /** Its ARN; none in a trust policy, which is about its role. */
  readonly resource?: string;
}

/** What a policy says to a request. */
export type PolicyVerdict =
  | { readonly kind: 'allowed' }
  /** No statement allows it. */
  | { readonly kind: 'missing' }
  /** A statement without conditions refuses it; `statement` is its Sid, or which one it is. */
  | { readonly kind: 'refused'; readonly statement: string }
  /** It depends on conditions, or on exceptions, which are not looked into. */
  | { readonly kind: 'unsure'; readonly statement: string };

interface Statement {
  readonly name: string;
  readonly effect: unknown;
  readonly match: 'yes' | 'no' | 'maybe';
  readonly isOnlyForPlainHttp: boolean;
}

/**
 * Judges a policy.
 *
 * @param text - its JSON
 * @throws SyntaxError when it is none
 */
export function judgePolicy(text: string, request: PersonalizeRequest): PolicyVerdict {
  const policy = JSON.parse(text) as { readonly Statement?: unknown };
  const statements = listOf(policy.Statement).map((statement, index) => readStatement(statement, index, request));
  const refusals = statements.filter(({ effect, isOnlyForPlainHttp }) => effect === 'Deny' && !isOnlyForPlainHttp);
  const allowances = statements.filter(({ effect }) => effect === 'Allow');
  const refusing = refusals.find(({ match }) => match === 'yes');
  if (refusing) return { kind: 'refused', statement: refusing.name };
  const allowing = allowances.find(({ match }) => match === 'yes') ?? allowances.find(({ match }) => match === 'maybe');
  if (!allowing) return { kind: 'missing' };
  const doubtful = allowing.match === 'maybe' ? allowing : refusals.find(({ match }) => match === 'maybe');
  return doubtful ? { kind: 'unsure', statement: doubtful.name } : { kind: 'allowed' };
}

function readStatement(given: unknown, index: number, { action, resource }: PersonalizeRequest): Statement {
  const statement = (given ?? {}) as Readonly<Record<string, unknown>>;
  const { Sid, Effect, Condition } = statement;
  const matches = [
    matchOf(statement.Principal, statement.NotPrincipal, isPersonalize),
    matchOf(statement.Action, statement.NotAction, (pattern) => isLike(pattern.toLowerCase(), action.toLowerCase())),
    resource === undefined
      ? 'yes'
      : matchOf(statement.Resource, statement.NotResource, (pattern) => isLike(pattern, resource)),
    Condition === undefined || Object.keys(Condition as object).length === 0 ? 'yes' : 'maybe',
  ] as const;
  return {
    name: typeof Sid === 'string' && Sid !== '' ? Sid : `number ${index + 1}`,
    effect: Effect,
    match: matches.includes('no') ? 'no' : matches.includes('maybe') ? 'maybe' : 'yes',
    isOnlyForPlainHttp: isOnlyForPlainHttp(Condition),
  };
}

/** Personalize is reached by TLS, so that this common refusal is none of it. */
function isOnlyForPlainHttp(condition: unknown): boolean {
  return /^\{"Bool":\{"aws:SecureTransport":("false"|false|\["false"\])\}\}$/i.test(JSON.stringify(condition ?? {}));
}

function matchOf(those: unknown, butThose: unknown, isMeant: (pattern: string) => boolean): 'yes' | 'no' | 'maybe' {
  if (butThose !== undefined) return 'maybe';
  return namesIn(those).some(isMeant) ? 'yes' : 'no';
}

function isPersonalize(principal: string): boolean {
  return principal === '*' || principal === PERSONALIZE;
}

/** `"a"`, `["a"]`, and, of a principal, `{"Service": "a"}`. Of AWS, the principal `*` is everybody. */
function namesIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return listOf(value).map(String);
  const { Service, AWS } = value as Readonly<Record<string, unknown>>;
  return [
    ...listOf(Service).map(String),
    ...listOf(AWS)
      .map(String)
      .filter((name) => name === '*'),
  ];
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

/** `*` stands for any characters, `?` for one. Source: IAM user guide, Resource element. */
function isLike(pattern: string, text: string): boolean {
  const expression = pattern
    .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${expression}$`, 's').test(text);
}
