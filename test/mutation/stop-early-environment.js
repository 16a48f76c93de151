/** Skips what is left of a file once a test of it has failed: the mutant is noticed. Lends each file the CDK (shared-cdk.js). */
import { createRequire } from 'node:module';
import { TestEnvironment } from 'jest-environment-node';

const require = createRequire(import.meta.url);

// The CDK, which is outside of the tests' environment, checks each template by rules of its own. That takes longer than making it.
process.env.CDK_VALIDATION = 'false';

export default class StopEarlyEnvironment extends TestEnvironment {
  #hasFailed = false;

  constructor(config, context) {
    super(config, context);
    this.global.requireOutside = require;
  }

  async handleTestEvent({ name, test }) {
    if (name === 'test_done') this.#hasFailed ||= test.errors.length > 0;
    if (name === 'test_start' && this.#hasFailed) test.mode = 'skip';
  }
}
