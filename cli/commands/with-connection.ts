import { connect } from '../connect.ts';
import type { Target, TargetOptions } from '../target.ts';

/** Does something with the deployment that the options name, and closes the connections afterwards. */
export async function withConnection<Result>(
  options: TargetOptions,
  act: (target: Target) => Promise<Result>,
): Promise<Result> {
  const target = await connect(options);
  try {
    return await act(target);
  } finally {
    target.close();
  }
}
