import { expect, test } from '@jest/globals';
import { constant } from '../../../simulation/planning/arrivals.ts';
import { type ScenarioOptions, scenario } from '../../../simulation/planning/scenario.ts';
import { simulate } from '../../../simulation/planning/simulate.ts';

test('a hot user whose lease is kept for a minute keeps neither others waiting nor its own older records coming back', async () => {
  const options: ScenarioOptions = {
    arrivals: constant(50, 600),
    hotUsers: { share: 0.2, users: 5 },
    faults: { serverError: 0.05 },
    orderGuard: true,
  };
  const { users, age, receives } = await simulate(scenario(options));
  expect(users.undone).toBe(0);
  expect(age!.median).toBeLessThan(2);
  expect(age!.p99).toBeLessThan(5);
  expect(receives.length - 1).toBeLessThanOrEqual(6);
});
