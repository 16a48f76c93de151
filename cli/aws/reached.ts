/** What every AWS client of the command line has. */
import { INTERRUPTION } from '../interruption.ts';
import { withCallsRemembered } from './calls.ts';
import { withCallsEnded } from './ending-calls.ts';

/** Has the client remember the calls of its errors, and end its calls soon after Ctrl-C. Returns the client. */
export function reached<SomeClient extends object>(client: SomeClient): SomeClient {
  return withCallsEnded(withCallsRemembered(client), INTERRUPTION);
}
