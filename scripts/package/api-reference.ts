/** docs/api.md, the reference of what programs import: made from the types and their doc comments. Pure. */

/** What API Extractor says of something that is public. */
export interface ApiItem {
  readonly kind: string;
  readonly name: string;
  readonly docComment?: string;
  readonly excerptTokens?: readonly { readonly text: string }[];
  readonly members?: readonly ApiItem[];
}

/** A part of the package that programs import. */
export interface ApiPart {
  /** What it is imported as. */
  readonly specifier: string;
  readonly items: readonly ApiItem[];
}

/** Writes the page. */
export function writeReference(parts: readonly ApiPart[]): string {
  return [
    '# API',
    'Made by `npm run docs:api` from the doc comments. What is not here may change at any time; what is here changes by [semantic versioning](https://semver.org).',
    ...parts.flatMap(({ specifier, items }) => [`## \`${specifier}\``, ...[...items].sort(byKind).flatMap(section)]),
    '',
  ].join('\n\n');
}

const KINDS = ['Class', 'Function', 'Interface', 'TypeAlias', 'Variable'];

function byKind(one: ApiItem, other: ApiItem): number {
  return KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind) || (one.name < other.name ? -1 : 1);
}

function section(item: ApiItem): string[] {
  const { text, tags } = readComment(item.docComment);
  return [
    `### ${item.name}`,
    `\`\`\`ts\n${signature(item)}\n\`\`\``,
    ...(text ? [text] : []),
    ...tags.map(tagBlock),
    ...(item.members?.length ? [item.members.map(bullet).join('\n')] : []),
  ];
}

function bullet(item: ApiItem): string {
  const { text, tags } = readComment(item.docComment);
  const words = item.kind === 'Constructor' ? '' : oneLine(text);
  const notes = tags.filter(({ name }) => name !== 'example').map(({ name, text }) => tagWords(name, oneLine(text)));
  const lines = [`- \`${oneLine(signature(item)).replace(/;$/, '')}\``, ...(words ? [words] : []), ...notes];
  const examples = tags.filter(({ name }) => name === 'example').map(({ text }) => indent(code(text)));
  return [lines.join('<br>\n  '), ...examples].join('\n\n');
}

function signature({ excerptTokens = [] }: ApiItem): string {
  return excerptTokens
    .map(({ text }) => text)
    .join('')
    .replace(/^export (declare )?/, '')
    .trim();
}

interface Tag {
  readonly name: string;
  readonly text: string;
}

/** A doc comment's text, and what its tags say, in their order. */
function readComment(comment = ''): { readonly text: string; readonly tags: readonly Tag[] } {
  const plain = comment
    .replace(/^\/\*\*/, '')
    .replace(/\*\/\s*$/, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, ''))
    .join('\n')
    .replace(/\{@link ([^}]+)\}/g, '`$1`');
  const [text = '', ...tagged] = plain.split(
    /(?:^|(?<=\s))@(?=(?:default|throws|returns|param|example|see|deprecated)\b)/m,
  );
  const tags = tagged.map((one) => {
    const [, name = '', rest = ''] = /^(\w+)\s*([\s\S]*)$/.exec(one) ?? [];
    return { name, text: rest.trim() };
  });
  return { text: text.trim(), tags };
}

function tagBlock({ name, text }: Tag): string {
  return name === 'example' ? code(text) : tagWords(name, text);
}

function tagWords(name: string, text: string): string {
  const words = { default: 'Default', throws: 'Throws', returns: 'Returns' }[name] ?? `\`${/^\S+/.exec(text)?.[0]}\``;
  const rest = name === 'param' ? text.replace(/^\S+\s*(- )?/, '') : text.replace(/^- /, '');
  return `*${words}:* ${rest}`;
}

function code(text: string): string {
  return text.startsWith('```') ? text : `\`\`\`ts\n${text}\n\`\`\``;
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
