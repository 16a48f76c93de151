/**
 * How a field of the schema is called in a message: in camelCase. `NUMBER_OF_VIDEOS_WATCHED` is `numberOfVideosWatched`, as
 * the API reference of `User` has it. It shows upper case with underscores only; that `age_group` is `ageGroup`, `Email` is
 * `email` and `memberClass` stays is the same rule carried on, and not documented.
 *
 * @param field - letters, digits and underscores
 */
export function propertyNameOf(field: string): string {
  const words = field.split('_').filter((word) => word !== '');
  const isOneWord = words.length === 1 && /[a-z]/.test(field);
  if (isOneWord) return words[0]!.charAt(0).toLowerCase() + words[0]!.slice(1);
  return words
    .map((word) => word.toLowerCase())
    .map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('');
}
