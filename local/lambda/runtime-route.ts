/** What a runtime asks of the Runtime API. */
export type Route =
  | { readonly kind: 'next' | 'initError' | 'unknown' }
  | { readonly kind: 'response' | 'error'; readonly requestId: string };

const PREFIX = '/2018-06-01/runtime';
const RESULT = new RegExp(`^${PREFIX}/invocation/(?<requestId>[^/]+)/(?<kind>response|error)$`);

/** Reads a request's method and path. Source: Lambda developer guide, "Using the Lambda runtime API". */
export function routeOf(method = '', path = ''): Route {
  if (method === 'GET' && path === `${PREFIX}/invocation/next`) return { kind: 'next' };
  if (method === 'POST' && path === `${PREFIX}/init/error`) return { kind: 'initError' };
  const { requestId, kind } = RESULT.exec(path)?.groups ?? {};
  const isResult = method === 'POST' && requestId && (kind === 'response' || kind === 'error');
  return isResult ? { kind, requestId } : { kind: 'unknown' };
}
