/**
 * The name under which the value of a field is sent: that of `NUMBER_OF_VIDEOS_WATCHED` is `numberOfVideosWatched`.
 *
 * Source: API reference of `User`, which shows names in upper case. Of others it says nothing: here `age_group` is
 * `ageGroup`, `Email` is `email`, and `memberClass` stays.
 */
export function propertyNameOf(fieldName: string): string {
  const words = fieldName.match(/[A-Za-z\d]+/g) ?? [];
  const [first = ''] = words;
  const isMixed = first !== first.toUpperCase();
  if (words.length === 1 && isMixed) return first.replace(/^./, (letter) => letter.toLowerCase());
  return words
    .join('_')
    .toLowerCase()
    .replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}
