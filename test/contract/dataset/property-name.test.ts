import { describe, expect, test } from '@jest/globals';
import { propertyNameOf } from '../../../contract/dataset/property-name.ts';

describe('the name of a property', () => {
  test.each([
    ['NUMBER_OF_VIDEOS_WATCHED', 'numberOfVideosWatched'],
    ['AGE', 'age'],
    ['AGE2', 'age2'],
    ['age_group', 'ageGroup'],
    ['Email', 'email'],
    ['FullName', 'fullName'],
    ['memberClass', 'memberClass'],
    ['Membership_Type', 'membershipType'],
    ['GENRE_L2', 'genreL2'],
    ['_PRIVATE__FIELD_', 'privateField'],
    ['_private', 'private'],
  ])('of the field %s is %s', (field, property) => {
    expect(propertyNameOf(field)).toBe(property);
  });

  test('is its own property name', () => {
    for (const field of ['NUMBER_OF_VIDEOS_WATCHED', 'age_group', 'FullName', 'GENRE_L2']) {
      expect(propertyNameOf(propertyNameOf(field))).toBe(propertyNameOf(field));
    }
  });
});
