/** What one PutUsers call takes. */

/** Users in one PutUsers call, at most. Source: PutUsers API reference. */
export const USERS_PER_CALL = 10;

/**
 * Characters of a user's properties, written as JSON, unless the deployment says otherwise. Source: service model
 * `personalize-events-2018-03-22`, `UserProperties`, and the API reference of `User`. It was 1,024 once, and then 4,096.
 */
export const DEFAULT_MAX_PROPERTIES_LENGTH = 24_000;
