/**
 * What the bundle has in place of `@aws-sdk/credential-provider-node`, the SDK's search for credentials in files, on
 * other machines and by single sign-on. The clients are given theirs, so nothing is searched for.
 */

/** Takes the place of the search. */
export function defaultProvider(): () => Promise<never> {
  return async () => {
    throw new Error('The client was made without credentials, and the bundle holds none of the ways to find some.');
  };
}
