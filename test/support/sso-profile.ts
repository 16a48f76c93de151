/** A home directory with a profile of AWS SSO whose sign-in is still good, in a region that AWS does not have. */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const START_URL = 'https://start.invalid/start';
const REGION = 'eu-nowhere-1';

/** Where credentials for the profile are asked for. */
export const SSO_PORTAL = `portal.sso.${REGION}.amazonaws.com:443`;

/**
 * Writes the profile `sso` and the token of its sign-in.
 *
 * @param profiles - more profiles, as the file has them
 * @returns the environment that makes the SDK read them
 */
export function writeSsoProfile(
  home: string,
  profiles = '',
): { readonly HOME: string; readonly AWS_CONFIG_FILE: string } {
  const cache = join(home, '.aws/sso/cache');
  const config = join(home, '.aws/config');
  mkdirSync(cache, { recursive: true });
  writeFileSync(
    config,
    `[profile sso]\nsso_start_url=${START_URL}\nsso_region=${REGION}\nsso_account_id=1\nsso_role_name=r\nregion=${REGION}\n${profiles}`,
  );
  const name = createHash('sha1').update(START_URL).digest('hex');
  writeFileSync(join(cache, `${name}.json`), JSON.stringify({ accessToken: 't', expiresAt: '2049-01-01T00:00:00Z' }));
  return { HOME: home, AWS_CONFIG_FILE: config };
}
