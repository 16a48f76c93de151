/** Skips what is left of a file once a test of it has failed: the mutant is noticed. */
import { TestEnvironment } from 'jest-environment-node';

export default class StopEarlyEnvironment extends TestEnvironment {
  #hasFailed = false;

  async handleTestEvent({ name, test }) {
    if (name === 'test_done') this.#hasFailed ||= test.errors.length > 0;
    if (name === 'test_start' && this.#hasFailed) test.mode = 'skip';
  }
}
