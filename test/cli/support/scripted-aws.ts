/** A server that answers like the AWS services that the command line talks to, as a test says. */
import type { ServerResponse } from 'node:http';
import { type ScriptedServer, startScriptedServer } from '../../support/scripted-server.ts';
import { TEST_SETTINGS } from './letter-queues.ts';

/** A call that was made: a JSON service's body as it was, a query service's as an object. */
export interface AwsCallMade {
  /** Such as `StartMessageMoveTask`. */
  readonly action: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** What an action is answered with: its output, or an error. */
export type AwsAnswer =
  | { readonly output: unknown }
  | { readonly error: string; readonly message?: string; readonly status?: number }
  /** None: the connection stays open, and nothing comes. */
  | { readonly never: true };

export interface ScriptedAws extends Pick<ScriptedServer, 'endpoint' | 'stop'> {
  /** The calls of an action so far. */
  callsOf(action: string): readonly AwsCallMade[];
}

/** Answers JSON services by the script; an action that it has nothing for fails as unknown. */
export async function startScriptedAws(
  answers: Readonly<Record<string, (input: AwsCallMade['input']) => AwsAnswer>>,
  stacks: Readonly<Record<string, Readonly<Record<string, string>>>> = {},
): Promise<ScriptedAws> {
  const calls: AwsCallMade[] = [];
  const server = await startScriptedServer((request, response, body) => {
    const target = request.headers['x-amz-target'];
    if (target === undefined) {
      const input = Object.fromEntries(new URLSearchParams(body));
      calls.push({ action: String(input.Action), input });
      const answer = answers[String(input.Action)]?.(input);
      if (answer && 'never' in answer) return;
      return describeStacks(String(input.StackName), stacks, response);
    }
    const call = { action: String(target).split('.').at(-1)!, input: JSON.parse(body) };
    calls.push(call);
    sendJson(response, answers[call.action]?.(call.input) ?? { error: 'UnknownOperationException' });
  });
  return {
    endpoint: server.endpoint,
    stop: server.stop,
    callsOf: (action) => calls.filter((call) => call.action === action),
  };
}

/** The outputs that a stack of ours has. */
export function stackOutputs(queues: { readonly usersUrl: string; readonly lettersUrl: string }) {
  const arnOf = (url: string) => `arn:aws:sqs:eu-west-1:123456789012:${url.slice(url.lastIndexOf('/') + 1)}`;
  return {
    QueueUrl: queues.usersUrl,
    QueueArn: arnOf(queues.usersUrl),
    DeadLetterQueueUrl: queues.lettersUrl,
    DeadLetterQueueArn: arnOf(queues.lettersUrl),
    FunctionName: 'the-function',
    Settings: JSON.stringify(TEST_SETTINGS),
  };
}

function sendJson(response: ServerResponse, answer: AwsAnswer): void {
  response.setHeader('content-type', 'application/x-amz-json-1.0');
  if ('never' in answer) return;
  if ('output' in answer) return void response.end(JSON.stringify(answer.output));
  response.statusCode = answer.status ?? 400;
  response.end(JSON.stringify({ __type: answer.error, message: answer.message ?? answer.error }));
}

function describeStacks(
  name: string,
  stacks: Readonly<Record<string, Readonly<Record<string, string>>>>,
  response: ServerResponse,
): void {
  response.setHeader('content-type', 'text/xml');
  const outputs = stacks[name];
  if (outputs) {
    const members = Object.entries(outputs).map(
      ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${escapeXml(value)}</OutputValue></member>`,
    );
    response.end(
      `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>${name}</StackName><CreationTime>2030-01-01T00:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus><Outputs>${members.join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
    );
    return;
  }
  response.statusCode = 400;
  response.end(
    `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id ${name} does not exist</Message></Error></ErrorResponse>`,
  );
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
