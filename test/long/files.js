/** Files whose tests take longest, by `npm test -- --verbose`: they have a command of their own, `npm run test:long`. */
export const LONG = [
  '<rootDir>/test/bin/app.test.ts',
  '<rootDir>/test/cli/dlq/replay.test.ts',
  '<rootDir>/test/cli/e2e/dlq.test.ts',
  '<rootDir>/test/cli/e2e/import.test.ts',
  '<rootDir>/test/cli/e2e/interruption.test.ts',
  '<rootDir>/test/cli/e2e/world.test.ts',
  '<rootDir>/test/cli/send/changing-input.test.ts',
  '<rootDir>/test/cli/send/send.test.ts',
  '<rootDir>/test/docs/producers.test.ts',
  '<rootDir>/test/docs/sessions.test.ts',
  '<rootDir>/test/e2e/deduplication.test.ts',
  '<rootDir>/test/e2e/pipeline.test.ts',
  '<rootDir>/test/e2e/start.test.ts',
  '<rootDir>/test/lambda/core/order/exploration.test.ts',
  '<rootDir>/test/lib/monitoring/simulated-days.test.ts',
  '<rootDir>/test/local/lambda/function-service.test.ts',
];
