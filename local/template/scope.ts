import { resolve, type Scope } from './intrinsics.ts';
import { type Place, type Resource, type Template, TemplateError } from './template.ts';
import { pseudoParameters, type World } from './world.ts';

/** What a resource is called in the local world. */
export interface Identity {
  readonly name: string;
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * Makes the scope of a template's references: the queues, tables, functions and event source mappings that the local world has,
 * the parameters, and the tables. Nothing is looked up before it is asked for, so that what is not in the local world
 * does no harm until something needs it.
 */
export function createScope(template: Template, stackName: string, world: World): Scope {
  const pseudo = pseudoParameters(world, stackName);
  const scope: Scope = {
    ref: (name, place) => {
      const parameter = template.Parameters?.[name];
      if (parameter) {
        const value = world.parameters?.[name] ?? (parameter.Type.startsWith('AWS::') ? undefined : parameter.Default);
        if (value === undefined) throw new TemplateError(place, `the parameter ${name} has no value`);
        return String(value);
      }
      return pseudo[name] ?? identify(name, place).ref;
    },
    attribute: (logicalId, name, place) => {
      const value = identify(logicalId, place).attributes[name];
      if (value === undefined)
        throw new TemplateError(place, `the local world has no attribute ${name} of ${logicalId}`);
      return value;
    },
    entry: (map, topLevelKey, secondLevelKey, place) => {
      const value = template.Mappings?.[map]?.[topLevelKey]?.[secondLevelKey];
      if (value === undefined) throw new TemplateError(place, `there is no ${topLevelKey}.${secondLevelKey} in ${map}`);
      return value;
    },
  };
  const identify = (logicalId: string, place: Place): Identity => {
    const resource = template.Resources[logicalId];
    if (!resource) throw new TemplateError(place, `there is no ${logicalId} in the template`);
    const identity = identityOf(logicalId, resource, scope, world);
    if (!identity) throw new TemplateError(place, `${logicalId} is an ${resource.Type}, which the local world has not`);
    return identity;
  };
  return scope;
}

/**
 * What a resource is called; undefined for a kind that the local world has not. A resource that the template does not
 * name is called by its logical id, where CloudFormation would add a random part.
 */
export function identityOf(logicalId: string, resource: Resource, scope: Scope, world: World): Identity | undefined {
  switch (resource.Type) {
    case 'AWS::SQS::Queue': {
      const suffix = resource.Properties?.FifoQueue === true ? '.fifo' : '';
      const name = nameOf(logicalId, resource, 'QueueName', scope) ?? `${logicalId}${suffix}`;
      const url = world.queueUrl(name);
      return { name, ref: url, attributes: { Arn: world.queueArn(name), QueueName: name, QueueUrl: url } };
    }
    case 'AWS::Lambda::Function': {
      const name = nameOf(logicalId, resource, 'FunctionName', scope) ?? logicalId;
      const arn = `arn:aws:lambda:${world.region}:${world.accountId}:function:${name}`;
      return { name, ref: name, attributes: { Arn: arn } };
    }
    case 'AWS::Logs::LogGroup': {
      const name = nameOf(logicalId, resource, 'LogGroupName', scope) ?? logicalId;
      return { name, ref: name, attributes: {} };
    }
    case 'AWS::DynamoDB::Table': {
      const name = nameOf(logicalId, resource, 'TableName', scope) ?? logicalId;
      return {
        name,
        ref: name,
        attributes: { Arn: `arn:aws:dynamodb:${world.region}:${world.accountId}:table/${name}` },
      };
    }
    case 'AWS::Lambda::EventSourceMapping':
      return { name: logicalId, ref: logicalId, attributes: { Id: logicalId } };
    default:
      return undefined;
  }
}

function nameOf(logicalId: string, resource: Resource, property: string, scope: Scope): string | undefined {
  const value = resource.Properties?.[property];
  return value === undefined
    ? undefined
    : String(resolve(value, scope, { logicalId, member: `Properties.${property}` }));
}
