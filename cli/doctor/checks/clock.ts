/** This machine's clock against that of AWS. */
import { type Finding, failed, findingOf, warning } from '../finding.ts';

export const CLOCK = 'Clock';

/** AWS refuses requests that are signed with a time further off. Source: IAM user guide, Signature Version 4, troubleshooting. */
const REFUSED_FROM_IN_SECONDS = 300;
/** Replies tell whole seconds, and take a while themselves. */
const WORTH_TELLING_IN_SECONDS = 30;

/** @param aheadInSeconds - how far this machine's clock is ahead; negative when it is behind */
export function checkClock(aheadInSeconds: number): Finding {
  const seconds = Math.round(Math.abs(aheadInSeconds));
  const says = `This machine's clock is ${seconds} s ${aheadInSeconds > 0 ? 'ahead' : 'behind'}.`;
  const todo = 'Set it, or have it set (NTP).';
  return findingOf(
    CLOCK,
    [
      seconds >= REFUSED_FROM_IN_SECONDS
        ? failed(`${says} AWS refuses calls from ${REFUSED_FROM_IN_SECONDS} s on.`, todo)
        : seconds >= WORTH_TELLING_IN_SECONDS
          ? warning(`${says} What is said of ages here is off by that.`, todo)
          : undefined,
    ],
    "This machine's clock is right to some seconds.",
  );
}
