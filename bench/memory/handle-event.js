/**
 * A process that handles one event, which it reads as JSON from its standard input, and prints the most memory that it
 * had, in MiB. It is JavaScript, so that Node has no types to strip and no memory to do it with.
 */
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';

const { module, timeoutInSeconds } = JSON.parse(process.argv[2]);
const { handler } = await import(module);
const event = JSON.parse(await text(process.stdin));
const endsAt = Date.now() + timeoutInSeconds * 1000;
const { batchItemFailures } = await handler(event, {
  awsRequestId: 'bench',
  getRemainingTimeInMillis: () => endsAt - Date.now(),
});
if (batchItemFailures.length > 0) throw new Error(`${batchItemFailures.length} messages were not settled.`);
process.stdout.write(`\n${peakInKiB() / 1024}\n`);

/** On Linux `resourceUsage` has the memory of the process that this one was started from, if that was more. */
function peakInKiB() {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS;
  return Number(/^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
}
