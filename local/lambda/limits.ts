/** The largest event, in bytes of JSON. Source: Lambda quotas, "Invocation payload". */
export const MAX_EVENT_BYTES = 6 * 1024 * 1024;

/** The largest response, in bytes of JSON: 100 more. Source: the error that Lambda gives for a larger one. */
export const MAX_RESPONSE_BYTES = MAX_EVENT_BYTES + 100;
