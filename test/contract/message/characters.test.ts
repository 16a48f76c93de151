import { expect, test } from '@jest/globals';
import { hasAtMostCharacters } from '../../../contract/message/characters.ts';

test.each(['x', 'é', '語', '😀'])('characters are counted, not bytes and not UTF-16 units (%s)', (character) => {
  expect([0, 9, 10, 11, 20, 21, 1000].map((length) => hasAtMostCharacters(character.repeat(length), 10))).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});
