import { expect, test } from '@jest/globals';
import { writeReference } from '../../scripts/package/api-reference.ts';

test('has what is public by its kind and name, with what its doc comments say', () => {
  const tokens = (text: string) => [{ text }];
  const page = writeReference([
    {
      specifier: 'thing',
      items: [
        {
          kind: 'Interface',
          name: 'Props',
          docComment: '/**\n * What it is made from.\n */\n',
          excerptTokens: tokens('export interface Props '),
          members: [
            {
              kind: 'PropertySignature',
              name: 'size',
              docComment: '/**\n * In MiB,\n * see {@link Thing}. @default 10\n */\n',
              excerptTokens: tokens('readonly size?: number;'),
            },
          ],
        },
        {
          kind: 'Class',
          name: 'Thing',
          docComment: '/**\n * A thing.\n *\n * @example\n *\n * ```ts\n * new Thing();\n * ```\n */\n',
          excerptTokens: tokens('export declare class Thing '),
          members: [],
        },
      ],
    },
  ]);
  expect(page.slice(page.indexOf('## `thing`'))).toBe(`## \`thing\`

### Thing

\`\`\`ts
class Thing
\`\`\`

A thing.

\`\`\`ts
new Thing();
\`\`\`

### Props

\`\`\`ts
interface Props
\`\`\`

What it is made from.

- \`readonly size?: number\`<br>
  In MiB, see \`Thing\`.<br>
  *Default:* 10

`);
});
