/**
 * Runs the tests that Stryker wants for a mutant, and no more: files without one of them are not even loaded, and the first
 * file that notices the mutant is the last. The one that noticed the mutant before comes first, since it mostly notices its
 * neighbours too; then those that took the least time in the first run: a mutant that never ends in a long one has mostly
 * failed in a short one before. Stryker itself passes on the names of the tests, and lets Jest load every file that can reach
 * the mutant.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import TestRunner from 'jest-runner';

/** The file that noticed the last mutant of this process. */
let lastToNotice;

export default class StopEarlyRunner extends TestRunner {
  async runTests(tests, watcher, options) {
    const { rootDir, testNamePattern } = this._globalConfig;
    const knownFile = join(rootDir, '.local-test-files.json');
    const known = existsSync(knownFile) ? JSON.parse(readFileSync(knownFile, 'utf8')) : undefined;
    const isFirstRun = known === undefined;
    const pattern = known && testNamePattern && new RegExp(testNamePattern, 'i');
    const milliseconds = ({ path }) => (path === lastToNotice ? -1 : (known?.[path]?.milliseconds ?? 0));
    const wanted = tests
      .filter(({ path }) => !pattern || (known[path]?.names.some((name) => pattern.test(name)) ?? true))
      .toSorted((a, b) => milliseconds(a) - milliseconds(b));

    let hasFailed = false;
    const found = {};
    this.on('test-file-success', ([{ path }, { testResults, numFailingTests, perfStats }]) => {
      found[path] = { names: testResults.map(({ fullName }) => fullName), milliseconds: perfStats.runtime };
      hasFailed ||= numFailingTests > 0;
    });
    this.on('test-file-failure', () => {
      hasFailed = true;
    });
    for (const test of wanted) {
      await super.runTests([test], watcher, options);
      if (hasFailed && !isFirstRun) {
        lastToNotice = test.path;
        return;
      }
    }
    if (isFirstRun) writeFileSync(knownFile, JSON.stringify(found));
  }
}
