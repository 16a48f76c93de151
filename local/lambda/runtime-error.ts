/** An error in the shape that runtimes report to the Runtime API. */
export interface RuntimeError {
  readonly errorType: string;
  readonly errorMessage: string;
  /** The stack, a line each. */
  readonly trace: readonly string[];
}

/** Reads a reported error. What a runtime left out, or all of it if it is no JSON object, gets Lambda's defaults. */
export function parseRuntimeError(json: string): RuntimeError {
  const { errorType = 'Unhandled', errorMessage = '', trace, stackTrace } = parseObject(json);
  const lines = [trace, stackTrace].find(Array.isArray) ?? [];
  return { errorType: String(errorType), errorMessage: String(errorMessage), trace: lines.map(String) };
}

function parseObject(json: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(json));
  } catch {
    return {};
  }
}
