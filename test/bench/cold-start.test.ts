import { expect, test } from '@jest/globals';
import { figuresOf } from '../../bench/cold-start.ts';

test('the function is compared with the clients bundled alike, and with the clients as they come', () => {
  const figures = figuresOf(
    { function: [60, 66], bareClients: [50, 55], wholeClients: [100, 110] },
    { function: 3, bareClients: 2, wholeClients: 4 },
  );
  expect(Object.fromEntries(Object.entries(figures).map(([name, { value }]) => [name, value]))).toEqual({
    importTime: 1.2,
    importTimeOfWholeClients: 0.6,
    bytes: 3,
    bytesOfBareClients: 2,
    bytesOfWholeClients: 4,
  });
});
