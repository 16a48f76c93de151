/**
 * JSON with all that a text says: each member as often as it was given, each number as it was written. It is what the
 * reader of messages is judged by, so it shares nothing with it.
 */
export type FullJson =
  | { readonly kind: 'object'; readonly members: readonly (readonly [name: string, value: FullJson])[] }
  | { readonly kind: 'array'; readonly elements: readonly FullJson[] }
  | { readonly kind: 'number'; readonly source: string }
  | { readonly kind: 'other'; readonly value: string | boolean | null };

/** Reads a text that `JSON.parse` takes, and that is not deep. */
export function parseFully(text: string): FullJson {
  const tokens = tokensOf(text).filter((token) => token.trim() !== '');
  let next = 0;
  return value();

  function value(): FullJson {
    const token = tokens[next++]!;
    if (token === '{') return { kind: 'object', members: list('}', member) };
    if (token === '[') return { kind: 'array', elements: list(']', value) };
    if (/^[-\d]/.test(token)) return { kind: 'number', source: token };
    return { kind: 'other', value: JSON.parse(token) };
  }

  function member(): readonly [string, FullJson] {
    const name = JSON.parse(tokens[next++]!) as string;
    next++;
    return [name, value()];
  }

  function list<T>(end: string, item: () => T): T[] {
    const items: T[] = [];
    while (tokens[next] !== end) {
      items.push(item());
      if (tokens[next] === ',') next++;
    }
    next++;
    return items;
  }
}

/** Cuts a text, JSON or nearly, at the borders of its tokens. Nothing is left out. */
export function tokensOf(text: string): string[] {
  return text.match(/"(?:[^"\\]|\\[\s\S])*"|[{}[\]:,]|\s+|[^\s{}[\]:,"]+|"/g) ?? [];
}

/** The names of an object, each as often as it is given. */
export function namesOf(json: FullJson): readonly string[] {
  return json.kind === 'object' ? json.members.map(([name]) => name) : [];
}

/** The one member of that name. */
export function memberOf(json: FullJson, name: string): FullJson | undefined {
  return json.kind === 'object' ? json.members.find(([each]) => each === name)?.[1] : undefined;
}
