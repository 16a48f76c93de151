/** What EventBridge makes of an event by a rule's input transformer. Source: EventBridge user guide, input transformation. */

/** As CloudFormation has it. */
export interface InputTransformer {
  readonly InputPathsMap: Readonly<Record<string, string>>;
  readonly InputTemplate: string;
}

/**
 * Fills a template's placeholders, such as `<detail-age>`. Each stands for a JSON value; one whose path leads nowhere for
 * nothing at all. Placeholders within strings, and paths with anything but names and dots, are not known here.
 */
export function transformInput({ InputPathsMap, InputTemplate }: InputTransformer, event: unknown): string {
  return InputTemplate.replace(/<([\w-]+)>/g, (_, name: string) => {
    const path = InputPathsMap[name];
    if (path === undefined) throw new Error(`The template names ${name}, which has no path.`);
    const value = valueAt(event, path);
    return value === undefined ? '' : JSON.stringify(value);
  });
}

function valueAt(event: unknown, path: string): unknown {
  const [root, ...names] = path.split('.');
  if (root !== '$' || !names.every((name) => /^[\w-]+$/.test(name))) throw new Error(`${path} is no path of names.`);
  return names.reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], event);
}
