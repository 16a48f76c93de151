/** What the command line goes by of a deployment's settings: the stack's output `Settings`, a JSON object. */
import * as v from 'valibot';

const wholeNumber = v.pipe(v.number(), v.integer(), v.minValue(1));

const settings = v.object({
  requestsPerSecond: v.pipe(v.number(), v.gtValue(0)),
  usersPerMessage: wholeNumber,
  maxReceiveCount: wholeNumber,
  maxPropertiesLength: wholeNumber,
  visibilityTimeoutInSeconds: wholeNumber,
});

/** The deployment's settings, by the names that `cdk deploy -c` takes. */
export type TargetSettings = Readonly<v.InferOutput<typeof settings>>;

/** Writes the output. */
export function writeSettings(settings: TargetSettings): string {
  return JSON.stringify(settings);
}

/**
 * Reads the output.
 *
 * @returns undefined when it is not what this version writes
 */
export function readSettings(text: string): TargetSettings | undefined {
  try {
    const result = v.safeParse(settings, JSON.parse(text));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}
