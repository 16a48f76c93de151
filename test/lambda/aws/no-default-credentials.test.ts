import { expect, test } from '@jest/globals';
import { defaultProvider } from '../../../lambda/aws/no-default-credentials.ts';

test('a client of the bundle that was made without credentials is told so, and finds none', async () => {
  await expect(defaultProvider()()).rejects.toThrow(
    'The client was made without credentials, and the bundle holds none of the ways to find some.',
  );
});
