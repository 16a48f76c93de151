/** A CloudFormation template, as far as it is read here. */

/** Anything that JSON can express; intrinsic functions are objects of one member. */
export type TemplateValue =
  | string
  | number
  | boolean
  | null
  | readonly TemplateValue[]
  | { readonly [member: string]: TemplateValue };

export interface Template {
  readonly Parameters?: Readonly<Record<string, Parameter>>;
  /** Tables of two levels, for `Fn::FindInMap`. */
  readonly Mappings?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, TemplateValue>>>>>>;
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: TemplateValue }>>;
}

export interface Parameter {
  readonly Type: string;
  readonly Default?: string | number;
}

export interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  readonly Properties?: Readonly<Record<string, TemplateValue>>;
}

/** Where in a template something is. */
export interface Place {
  /** Of the resource or output. */
  readonly logicalId: string;
  /** The member, such as `Properties.Environment.Variables.QUEUE_URL`. */
  readonly member: string;
}

/** The place of a member, or an element, of what is at a place. */
export function memberOf({ logicalId, member }: Place, name: string | number): Place {
  return { logicalId, member: member === '' ? String(name) : `${member}.${name}` };
}

/** What is in a template that the local world does not know or cannot have. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  readonly place: Place;

  constructor(place: Place, problem: string) {
    super(`${place.logicalId}, ${place.member}: ${problem}`);
    this.place = place;
  }
}
