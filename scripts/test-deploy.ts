/**
 * `npm run test:deploy`: deploys the stack with the CDK's own command line, into an account that moto plays on this
 * machine, and checks what is there.
 */
import { exitWith, runAccountTests } from './account-tests.ts';

await exitWith(() => runAccountTests('test/deploy/jest.config.js'));
