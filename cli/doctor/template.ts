/**
 * What the stack was deployed with: its template and the physical ids of its resources. By that it is told what was changed since
 * by hand. A value that is put together in the template is only compared if it refers to a resource by itself.
 */

type Json = string | number | boolean | null | undefined | readonly Json[] | { readonly [name: string]: Json };

export interface DeployedResource {
  readonly logicalId: string;
  readonly type: string;
  /** Of a queue its URL, of most others a name. Source: CloudFormation user guide, `Ref` of each type. */
  readonly physicalId: string | undefined;
  readonly properties: Readonly<Record<string, Json>>;
}

export interface DeployedTemplate {
  readonly resources: readonly DeployedResource[];
}

/** What the stack has made of a resource. */
export interface ResourceId {
  readonly logicalId: string;
  readonly physicalId: string;
}

/**
 * Puts a template and the ids together. A resource that the stack has not made has none. A template that is no JSON (the CDK writes
 * JSON) has no resources.
 */
export function readTemplate(body: string, ids: readonly ResourceId[]): DeployedTemplate {
  const physicalIds = new Map(ids.map(({ logicalId, physicalId }) => [logicalId, physicalId]));
  const { Resources = {} } = parse(body);
  return {
    resources: Object.entries(Resources).map(([logicalId, { Type = '', Properties = {} }]) => ({
      logicalId,
      type: Type,
      physicalId: physicalIds.get(logicalId),
      properties: Properties,
    })),
  };
}

interface TemplateBody {
  readonly Resources?: Readonly<Record<string, { Type?: string; Properties?: Readonly<Record<string, Json>> }>>;
}

function parse(body: string): TemplateBody {
  try {
    return JSON.parse(body);
  } catch {
    return {};
  }
}

/** The resources of a type. */
export function resourcesOf({ resources }: DeployedTemplate, type: string): readonly DeployedResource[] {
  return resources.filter((resource) => resource.type === type);
}

/** What a value of the template stands for; undefined if it cannot be told. */
export function deployedValue(value: Json, { resources }: DeployedTemplate): string | undefined {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  const ref = typeof value === 'object' && value !== null ? (value as { Ref?: string }).Ref : undefined;
  return resources.find(({ logicalId }) => logicalId === ref)?.physicalId;
}

/** Properties that are other than the template says: each with both values. Those that the template leaves open are not compared. */
export function differences(
  expected: Readonly<Record<string, Json>>,
  found: Readonly<Record<string, string | undefined>>,
  template: DeployedTemplate,
): readonly { readonly name: string; readonly expected: string; readonly found: string | undefined }[] {
  return Object.keys(expected).flatMap((name) => {
    const value = deployedValue(expected[name], template);
    return value === undefined || value === found[name] ? [] : [{ name, expected: value, found: found[name] }];
  });
}
