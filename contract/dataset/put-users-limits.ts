/** What one PutUsers call takes. */

/** Users in one PutUsers call, at most. Source: PutUsers API reference. */
export const USERS_PER_CALL = 10;

/** Characters of a user's properties, written as JSON, unless the deployment says otherwise. */
export const DEFAULT_MAX_PROPERTIES_LENGTH = 4096;
