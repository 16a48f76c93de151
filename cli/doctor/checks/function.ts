/** The function: whether it can run, with the settings that it was deployed with, and as often as the mapping asks. */
import { type Finding, failed, findingOf, type Problem, warning } from '../finding.ts';
import { type DeployedTemplate, differences, resourcesOf } from '../template.ts';

/** Of GetFunctionConfiguration and GetFunctionConcurrency. */
export interface FunctionState {
  readonly state: string | undefined;
  readonly stateReason: string | undefined;
  readonly lastUpdate: string | undefined;
  readonly timeoutInSeconds: number | undefined;
  readonly memoryInMiB: number | undefined;
  readonly runtime: string | undefined;
  readonly environment: Readonly<Record<string, string>>;
}

/** How many may run at a time. */
export interface Concurrency {
  /** Of the function alone. @default none is reserved */
  readonly reserved?: number | undefined;
  /** What is left of the account for all without a reservation. @default it is not known */
  readonly unreserved?: number | undefined;
  /** That the mapping asks for. @default it is not known */
  readonly wanted?: number | undefined;
}

export const FUNCTION = 'Function';

export function checkFunction(found: FunctionState, template: DeployedTemplate | undefined): Finding {
  return findingOf(
    FUNCTION,
    [stateProblem(found), updateProblem(found), changedProblem(found, template)],
    `${found.state ?? 'Active'}, ${found.runtime}, ${found.timeoutInSeconds} s, ${found.memoryInMiB} MiB, with the environment that was deployed.`,
  );
}

/** Source: Lambda developer guide, function states. Inactive ones start with the next message. */
function stateProblem({ state, stateReason }: FunctionState): Problem | undefined {
  if (state === undefined || state === 'Active' || state === 'Inactive') return undefined;
  const why = stateReason ? `: ${stateReason}` : '';
  return state === 'Pending'
    ? warning(`It is being made${why}.`, 'Look again in a minute.')
    : failed(`It is ${state}${why}.`, 'Deploy the stack again.');
}

function updateProblem({ lastUpdate }: FunctionState): Problem | undefined {
  if (lastUpdate === 'InProgress') return warning('It is being updated.', 'Look again in a minute.');
  return lastUpdate === 'Failed'
    ? failed('Its last update failed: it runs what was there before.', 'Deploy the stack again.')
    : undefined;
}

/** Names alone: values may be nobody's business. */
function changedProblem(found: FunctionState, template: DeployedTemplate | undefined): Problem | undefined {
  const [resource] = template ? resourcesOf(template, 'AWS::Lambda::Function').filter(hasOurs) : [];
  if (!template || !resource) return undefined;
  const { Environment, Timeout, MemorySize } = resource.properties;
  const variables = (Environment as { Variables?: Record<string, string> } | undefined)?.Variables ?? {};
  const changed = [
    ...differences(variables, found.environment, template),
    ...differences(
      { Timeout, MemorySize },
      { Timeout: String(found.timeoutInSeconds), MemorySize: String(found.memoryInMiB) },
      template,
    ),
  ].map(({ name }) => name);
  if (changed.length === 0) return undefined;
  return failed(
    `It was changed since it was deployed: ${changed.join(', ')}.`,
    'Deploy the stack again, with the settings that you want.',
  );
}

/** Custom resources have functions, too. */
function hasOurs({ properties }: { readonly properties: Readonly<Record<string, unknown>> }): boolean {
  const { Environment } = properties as { Environment?: { Variables?: object } };
  return Environment?.Variables !== undefined && 'DATASET_ARN' in Environment.Variables;
}

export const CONCURRENCY = 'Concurrency';

/** Source: Lambda developer guide, SQS event source mappings, maximum concurrency; reserved concurrency. */
export function checkConcurrency({ reserved, unreserved, wanted = 2 }: Concurrency): Finding {
  return findingOf(
    CONCURRENCY,
    [
      reserved !== undefined && reserved < wanted
        ? failed(
            `Only ${reserved} of the function may run at a time, and the mapping asks for ${wanted}: messages are received, refused, and at last dead letters.`,
            reserved === 0
              ? 'Somebody has stopped the function: aws lambda delete-function-concurrency. To pause, disable the mapping instead.'
              : 'Remove the reserved concurrency, or raise it.',
          )
        : undefined,
      reserved === undefined && unreserved !== undefined && unreserved < wanted
        ? failed(
            `The account has ${unreserved} left for functions without a reservation, and the mapping asks for ${wanted}.`,
            'Lower what other functions reserve, or ask for more (Service Quotas, AWS Lambda, concurrent executions).',
          )
        : undefined,
    ],
    reserved === undefined
      ? `The mapping asks for ${wanted}, and the account has ${unreserved ?? 'an unknown number'} left.`
      : `The mapping asks for ${wanted}, and ${reserved} are reserved.`,
  );
}
