/**
 * Runs the tests that Stryker wants for a mutant, and no more: files without one of them are not even loaded, and the first
 * file that notices the mutant is the last. Stryker itself passes on the names of the tests, and lets Jest load every file
 * that can reach the mutant.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import TestRunner from 'jest-runner';

export default class StopEarlyRunner extends TestRunner {
  async runTests(tests, watcher, options) {
    const { rootDir, testNamePattern } = this._globalConfig;
    const namesFile = join(rootDir, '.local-test-names.json');
    const known = existsSync(namesFile) ? JSON.parse(readFileSync(namesFile, 'utf8')) : undefined;
    const isFirstRun = known === undefined;
    const pattern = known && testNamePattern && new RegExp(testNamePattern, 'i');
    const wanted = pattern
      ? tests.filter(({ path }) => known[path]?.some((name) => pattern.test(name)) ?? true)
      : tests;

    let hasFailed = false;
    const names = {};
    this.on('test-file-success', ([{ path }, { testResults, numFailingTests }]) => {
      names[path] = testResults.map(({ fullName }) => fullName);
      hasFailed ||= numFailingTests > 0;
    });
    this.on('test-file-failure', () => {
      hasFailed = true;
    });
    for (const test of wanted) {
      if (hasFailed && !isFirstRun) return;
      await super.runTests([test], watcher, options);
    }
    if (isFirstRun) writeFileSync(namesFile, JSON.stringify(names));
  }
}
