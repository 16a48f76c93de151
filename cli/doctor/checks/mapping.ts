/** The event source mapping: whether it hands the queue's messages to the function, as it was deployed. */
import { type Finding, failed, findingOf, type Problem, warning } from '../finding.ts';
import { type DeployedTemplate, differences, resourcesOf } from '../template.ts';

/** Of GetEventSourceMapping. */
export interface MappingState {
  readonly uuid: string;
  /** Such as `Enabled`. */
  readonly state: string;
  readonly queueArn: string | undefined;
  readonly batchSize: number | undefined;
  readonly windowInSeconds: number | undefined;
  readonly maxConcurrency: number | undefined;
  readonly responseTypes: readonly string[];
  /** Such as `OK`, or what went wrong. */
  readonly lastResult: string | undefined;
}

export const MAPPING = 'Event source mapping';

/** @param mappings - those of the function */
export function checkMapping(
  mappings: readonly MappingState[],
  queueArn: string,
  template: DeployedTemplate | undefined,
): Finding {
  const mapping = mappings.find((each) => each.queueArn === queueArn);
  if (!mapping) {
    return findingOf(
      MAPPING,
      [failed('No mapping gives the queue to the function: nothing is delivered.', 'Deploy the stack again.')],
      '',
    );
  }
  return findingOf(
    MAPPING,
    [stateProblem(mapping), partialProblem(mapping), lastProblem(mapping), changedProblem(mapping, template)],
    `Enabled, ${mapping.batchSize} messages a batch, ${mapping.maxConcurrency ?? 'any number of'} at a time.`,
  );
}

function stateProblem({ state, uuid }: MappingState): Problem | undefined {
  if (state === 'Enabled') return undefined;
  if (/ing$/.test(state)) return warning(`It is ${state} just now.`, 'Look again in a minute.');
  return failed(
    `It is ${state}: nothing is delivered.`,
    `If nobody meant it: aws lambda update-event-source-mapping --uuid ${uuid} --enabled`,
  );
}

/** Without it, the mapping deletes what was to be retried. Source: Lambda developer guide, SQS error handling. */
function partialProblem({ responseTypes }: MappingState): Problem | undefined {
  if (responseTypes.includes('ReportBatchItemFailures')) return undefined;
  return failed(
    'It does not ask which messages failed (ReportBatchItemFailures): messages that were to be retried are lost.',
    'Disable it now, and deploy the stack again.',
  );
}

function lastProblem({ lastResult }: MappingState): Problem | undefined {
  if (!lastResult || /^(OK|No records processed)$/i.test(lastResult)) return undefined;
  return warning(`Its last result: ${lastResult}`, 'See docs/operations.md, Function errors.');
}

function changedProblem(mapping: MappingState, template: DeployedTemplate | undefined): Problem | undefined {
  const [resource] = template ? resourcesOf(template, 'AWS::Lambda::EventSourceMapping') : [];
  if (!template || !resource) return undefined;
  const { ScalingConfig, BatchSize, MaximumBatchingWindowInSeconds } = resource.properties;
  const expected = {
    BatchSize,
    MaximumBatchingWindowInSeconds,
    MaximumConcurrency: (ScalingConfig as { MaximumConcurrency?: number } | undefined)?.MaximumConcurrency,
  };
  const changed = differences(
    expected,
    {
      BatchSize: text(mapping.batchSize),
      MaximumBatchingWindowInSeconds: text(mapping.windowInSeconds),
      MaximumConcurrency: text(mapping.maxConcurrency),
    },
    template,
  );
  if (changed.length === 0) return undefined;
  return warning(
    `It was changed since it was deployed: ${changed.map(({ name, expected: was, found }) => `${name} is ${found ?? 'not set'} and was ${was}`).join(', ')}.`,
    'The quota may not be filled, or messages be received too often: deploy the stack again, with the settings that you want.',
  );
}

function text(value: number | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}
