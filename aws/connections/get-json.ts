/** JSON from a local service. */

import { request } from 'node:http';
import { json } from 'node:stream/consumers';

/**
 * Gets JSON. Not by fetch, which goes through the user's proxy if NODE_USE_ENV_PROXY is set.
 *
 * @param signal - ends the waiting
 * @throws what the connection fails with, or an Error for an answer that is no success or no JSON
 */
export async function getJson(url: URL, signal?: AbortSignal): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent: false, ...(signal && { signal }) }, (response) => {
      if (response.statusCode === 200) json(response).then(resolve, reject);
      else {
        response.resume();
        reject(new Error(`${url} answered with status ${response.statusCode}`));
      }
    });
    sent.on('error', reject).end();
  });
}
