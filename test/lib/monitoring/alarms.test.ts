/** When the alarms of the synthesized template fire, over days that a model of the pipeline makes up. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { PersonalizeUsersStackProps } from '../../../lib/personalize-users-stack.ts';
import { runs } from '../../support/property-runs.ts';
import { stackTemplate } from '../support.ts';
import { type Day, metricsOf, silentDay } from './days.ts';
import { alarmsOfTemplate, firesAt, type SeriesByName } from './evaluate-alarm.ts';

/** Sizes that are as they are whatever the defaults come to be: the minutes below follow from them. */
const SIZES: Partial<PersonalizeUsersStackProps> = {
  batchSize: 100,
  timeoutInSeconds: 30,
  visibilityTimeoutInSeconds: 181,
  maxReceiveCount: 10,
  backoffBaseInSeconds: 2,
  backoffMaxInSeconds: 900,
};
const alarms = alarmsOfTemplate(stackTemplate(SIZES));
const alarmsByDefault = alarmsOfTemplate(stackTemplate());

/** The alarms that fire, each with the minutes when. */
function firing(series: SeriesByName, ofStack = alarms): Record<string, readonly number[]> {
  const fired = [...ofStack].map(([name, alarm]) => [name, firesAt(alarm, series)] as const);
  return Object.fromEntries(fired.filter(([, minutes]) => minutes.length > 0));
}

/** 95 of the 100 users a second that the quota has room for. */
const NEARLY_ALL = 95 * 60;

describe('no alarm fires on a healthy day', () => {
  test.each<[string, Day]>([
    ['nobody sends', { sent: () => 0 }],
    ['one user comes every ten minutes', { sent: (minute) => (minute % 10 === 0 ? 1 : 0) }],
    ['users come steadily', { sent: () => 40 * 60 }],
    ['users come nearly as fast as the quota lets them', { sent: () => NEARLY_ALL }],
    ['a million users come at once', { sent: (minute) => (minute === 600 ? 1_000_000 : 0) }],
    ['five million users come at once, and take 14 hours', { sent: (minute) => (minute === 60 ? 5_000_000 : 0) }],
    [
      'a burst comes on top of steady users',
      { sent: (minute) => (minute === 300 ? 500_000 : 20 * 60), backsOff: 0.001 },
    ],
    [
      'the last of a burst back off as long as messages do',
      { sent: (minute) => (minute === 600 ? 1_000_000 : 0), backsOff: 0.01 },
    ],
    ['more users come than the quota lets in, for hours', { sent: (minute) => (minute < 480 ? 150 * 60 : 0) }],
    [
      'PutUsers throttles for ten minutes',
      { sent: () => 40 * 60, throttled: (minute) => (minute >= 200 && minute < 210 ? 0.5 : 0) },
    ],
    ['PutUsers throttles a call in fifty all day', { sent: () => NEARLY_ALL, throttled: () => 0.02 }],
    [
      'PutUsers is away for ten minutes',
      { sent: () => 40 * 60, capacity: (minute) => (minute >= 200 && minute < 210 ? 0 : 1) },
    ],
  ])('%s', (_, day) => {
    const series = metricsOf(day);
    expect(firing(series)).toEqual({});
    expect(firing(series, alarmsByDefault)).toEqual({});
  });

  test('CloudWatch hears of nothing', () => {
    expect(firing(silentDay())).toEqual({});
  });

  test('whatever comes and when, as long as it is delivered within the quota', () => {
    const burst = fc.record({ minute: fc.nat({ max: 1439 }), users: fc.nat({ max: 2_000_000 }) });
    const perMinute = fc.array(fc.nat({ max: NEARLY_ALL }), { minLength: 24, maxLength: 24 });
    fc.assert(
      fc.property(perMinute, fc.array(burst, { maxLength: 5 }), (hourly, bursts) => {
        const sent = (minute: number) =>
          hourly[Math.floor(minute / 60)]! +
          bursts.reduce((sum, each) => sum + (each.minute === minute ? each.users : 0), 0);
        expect(firing(metricsOf({ sent }), alarmsByDefault)).toEqual({});
      }),
      runs(50),
    );
  });

  test.each<[string, Partial<PersonalizeUsersStackProps>, Partial<Day>]>([
    ['a tenth of the quota', { requestsPerSecond: 1 }, { requestsPerSecond: 1 }],
    ['ten times the quota', { requestsPerSecond: 100 }, { requestsPerSecond: 100 }],
    [
      'batches of a quarter of an hour',
      { ...SIZES, timeoutInSeconds: 900, visibilityTimeoutInSeconds: 5_401 },
      { minutesOfABatch: 15 },
    ],
    [
      'batches of five minutes',
      { ...SIZES, timeoutInSeconds: 300, visibilityTimeoutInSeconds: 1_801 },
      { minutesOfABatch: 5 },
    ],
  ])('nor with %s', (_, props, ofDay) => {
    const ofStack = alarmsOfTemplate(stackTemplate(props));
    const { requestsPerSecond = 10 } = ofDay;
    const burst: Day['sent'] = (minute) => (minute === 400 ? 100_000 * requestsPerSecond : 0);
    const steady: Day['sent'] = () => requestsPerSecond * 10 * 57;
    for (const sent of [burst, steady]) {
      expect(firing(metricsOf({ ...ofDay, sent, backsOff: 0.01 }), ofStack)).toEqual({});
    }
  });
});

describe('any dead letter', () => {
  test('fires at once, and once, however many come after it', () => {
    const deadLetters = (minute: number) => Math.max(0, minute - 99);
    expect(firing(metricsOf({ sent: () => 60, deadLetters }))).toEqual({ DeadLetters: [101] });
  });

  test('fires at once by what the function says, while the queue is not reported yet', () => {
    const series = metricsOf({ sent: () => 60, rejected: (minute) => Number(minute === 100) });
    const late = Array.from({ length: 1440 }, (_, minute) => (minute < 115 ? undefined : 1));
    const visible = 'DeadLetterQueue.ApproximateNumberOfMessagesVisible';
    expect(firing({ ...series, [visible]: late })).toEqual({ DeadLetters: [101, 116] });
    const soon = Array.from({ length: 1440 }, (_, minute) => (minute < 105 ? undefined : 1));
    expect(firing({ ...series, [visible]: soon })).toEqual({ DeadLetters: [101] });
  });

  test('does not fire for a queue that reports a hidden letter and has none', () => {
    const hidden = Array.from({ length: 1440 }, (_, minute) => Number(minute === 100));
    const series = metricsOf({ sent: () => 60 });
    expect(firing({ ...series, 'DeadLetterQueue.ApproximateNumberOfMessagesNotVisible': hidden })).toEqual({});
  });

  test('is not over while somebody looks at the letters, which hides them', () => {
    const visible = Array.from({ length: 1440 }, (_, minute) => (minute < 100 ? 0 : Number(minute % 4 === 0)));
    expect(
      firing({ ...metricsOf({ sent: () => 60 }), 'DeadLetterQueue.ApproximateNumberOfMessagesVisible': visible }),
    ).toEqual({ DeadLetters: [101] });
  });

  test('fires again after the queue was empty', () => {
    const deadLetters = (minute: number) => Number(minute === 100 || minute === 300);
    expect(firing(metricsOf({ sent: () => 60, deadLetters }))).toEqual({ DeadLetters: [101, 301] });
  });
});

describe('new dead letters while there are some', () => {
  const rejected = (minute: number) => Number([101, 200, 201, 330].includes(minute));

  test('are told of each time that they come, and not for the first one', () => {
    const deadLetters = (minute: number) => (minute < 101 ? 0 : 1);
    expect(firing(metricsOf({ sent: () => 60, rejected, deadLetters }))).toEqual({
      DeadLetters: [102],
      MoreDeadLetters: [205, 335],
    });
  });

  test('are no more than the first if the queue was emptied', () => {
    const deadLetters = (minute: number) => Number(minute === 101 || minute === 200 || minute === 330);
    expect(firing(metricsOf({ sent: () => 60, rejected, deadLetters }))).toEqual({ DeadLetters: [102, 201, 331] });
  });
});

describe('messages that wait while nothing is delivered', () => {
  test('fire after a quarter of an hour, and those that get old too, later', () => {
    const capacity = (minute: number) => (minute < 200 ? 1 : 0);
    const { NothingDelivered, OldMessages, ...others } = firing(metricsOf({ sent: () => 600, capacity }));
    expect(NothingDelivered).toEqual([215]);
    expect(OldMessages).toEqual([255]);
    expect(others).toEqual({});
  });

  test('fire for a single message that is retried, and hidden while it is', () => {
    const series = metricsOf({ sent: () => 0, minutes: 120 });
    const hidden = Array.from({ length: 120 }, (_, minute) => Number(minute >= 30));
    expect(firing({ ...series, 'UsersQueue.ApproximateNumberOfMessagesNotVisible': hidden })).toEqual({
      NothingDelivered: [45],
    });
  });

  test('are over when users are delivered again', () => {
    const capacity = (minute: number) => (minute >= 200 && minute < 400 ? 0 : 1);
    const again = (minute: number) => (minute >= 800 && minute < 900 ? 0 : capacity(minute));
    expect(firing(metricsOf({ sent: () => 600, capacity: again })).NothingDelivered).toEqual([215, 815]);
  });

  test('wait for as long as a batch may take', () => {
    const ofStack = alarmsOfTemplate(
      stackTemplate({ ...SIZES, timeoutInSeconds: 900, visibilityTimeoutInSeconds: 5_401 }),
    );
    const capacity = (minute: number) => (minute < 200 ? 1 : 0);
    const { NothingDelivered } = firing(metricsOf({ sent: () => 600, capacity, minutesOfABatch: 15 }), ofStack);
    expect(NothingDelivered).toEqual([255]);
  });
});

describe('messages older than draining explains', () => {
  test('fire when the pipeline gets through a third of what comes, and of what it could', () => {
    const capacity = () => 0.3;
    expect(Object.keys(firing(metricsOf({ sent: () => NEARLY_ALL, capacity })))).toEqual(['OldMessages']);
  });

  test.each([
    // Half of the quota would be there for them, and is not used.
    [0.49, ['OldMessages']],
    // A pipeline that uses more than half is draining, though slowly.
    [0.51, []],
  ])('at %d of the quota in use fire %j', (part, expected) => {
    const day = { sent: (minute: number) => (minute === 0 ? 700_000 : 0), capacity: () => part };
    expect(Object.keys(firing(metricsOf(day)))).toEqual(expected);
  });

  test('fire in the middle of a burst that stops to be drained', () => {
    const day = {
      sent: (minute: number) => (minute === 100 ? 1_000_000 : 0),
      capacity: (minute: number) => (minute < 160 ? 1 : 0.1),
    };
    const { OldMessages, ...others } = firing(metricsOf(day));
    expect(OldMessages).toEqual([190]);
    expect(others).toEqual({});
  });

  test('fire although SQS leaves out what was received three times, by what the function says', () => {
    const series = metricsOf({ sent: () => 60 });
    const own = Array.from({ length: 1440 }, (_, minute) => Math.max(0, minute - 100) * 60_000);
    expect(firing({ ...series, OldestMessageAge: own })).toEqual({ OldMessages: [155] });
  });

  test('do not fire for one that backs off as long as messages do', () => {
    const day = { sent: (minute: number) => (minute % 10 === 0 ? 10 : 0), backsOff: 0.1 };
    expect(firing(metricsOf(day), alarmsByDefault)).toEqual({});
  });

  describe('while a bulk load is drained', () => {
    const load = metricsOf({ sent: (minute) => (minute === 100 ? 1_000_000 : 0) });
    const always = (value: number) => Array.from({ length: 1440 }, () => value);
    const withSources = (noisy: number, quietAge: number) => ({
      ...load,
      'UsersQueue.ApproximateNumberOfNoisyGroups': always(noisy),
      'UsersQueue.ApproximateAgeOfOldestMessageInQuietGroups': always(quietAge),
    });

    test('fire for other sources that wait behind it', () => {
      expect(Object.keys(firing(withSources(1, 3_600)))).toEqual(['OldMessages']);
    });

    test('do not fire for the load itself', () => {
      expect(firing(withSources(1, 3))).toEqual({});
    });

    test('do not fire where no source is noisy, or SQS says nothing of sources', () => {
      expect(firing(withSources(0, 3_600))).toEqual({});
      expect(firing(load)).toEqual({});
    });
  });

  test('on a FIFO queue, which has no noisy sources, are explained by a drain, and not by a standstill', () => {
    const ofFifo = alarmsOfTemplate(stackTemplate({ ...SIZES, fifo: true, batchSize: 10, batchingWindowInSeconds: 0 }));
    const withoutSources = (day: Day) =>
      Object.fromEntries(Object.entries(metricsOf(day)).filter(([name]) => !/NoisyGroups|QuietGroups/.test(name)));
    const sent: Day['sent'] = (minute) => (minute === 100 ? 1_000_000 : 0);
    expect(firing(withoutSources({ sent }), ofFifo)).toEqual({});
    expect(Object.keys(firing(withoutSources({ sent, capacity: () => 0.3 }), ofFifo))).toEqual(['OldMessages']);
  });

  test('fire when they are half-way to being deleted, although the quota is used', () => {
    const minutes = 14 * 1440;
    const { OldMessages, ...others } = firing(metricsOf({ minutes, sent: () => 250 * 60 }));
    expect(OldMessages).toHaveLength(1);
    expect(OldMessages![0]! / 1440).toBeCloseTo(11.67, 1);
    expect(others).toEqual({});
  });
});

describe('a failed invocation', () => {
  test('fires at the end of its five minutes', () => {
    const errors = (minute: number) => Number(minute === 101);
    expect(firing(metricsOf({ sent: () => 600, errors }))).toEqual({ FunctionErrors: [105] });
  });

  test('fires for a defect that struck one message, while no invocation fails', () => {
    const defects = (minute: number) => (minute === 102 ? 1 : 0);
    expect(firing(metricsOf({ sent: () => 600, defects }))).toEqual({ FunctionErrors: [105] });
  });
});

describe('throttling', () => {
  const burst = (minute: number) => (minute === 50 ? 1_000_000 : 0);

  test('fires when it lasts for a quarter of an hour, at the few calls in a hundred that the function lets it come to', () => {
    const throttled = (minute: number) => (minute >= 100 && minute < 130 ? 0.06 : 0);
    expect(firing(metricsOf({ sent: burst, throttled }))).toEqual({ Throttling: [115] });
  });

  test.each([
    // What the function does when it is throttled for long (lambda/core/rate.ts) is more than this.
    [0.05, ['Throttling']],
    // A call in 25 is what a shared quota has on a good day, and nothing to wake anybody for.
    [0.04, []],
  ])('of %d of the calls, for hours, fires %j', (part, expected) => {
    expect(Object.keys(firing(metricsOf({ sent: burst, throttled: () => part })))).toEqual(expected);
  });

  test('fires again when it was over for a while', () => {
    const throttled = (minute: number) => (minute % 100 < 30 ? 0.06 : 0);
    expect(firing(metricsOf({ sent: burst, throttled })).Throttling).toEqual([115, 215]);
  });

  test('fires as well when batches take so long that most of five minutes are without any news', () => {
    const ofStack = alarmsOfTemplate(
      stackTemplate({ ...SIZES, timeoutInSeconds: 900, visibilityTimeoutInSeconds: 5_401 }),
    );
    const series = metricsOf({ sent: burst, throttled: () => 0.06, minutesOfABatch: 15 });
    expect(firing(series, ofStack)).toEqual({ Throttling: [120] });
  });

  test('fires when few calls are made, and most of them are throttled', () => {
    const series = metricsOf({ sent: () => 0 });
    const everyFiveMinutes = (count: number) =>
      Array.from({ length: 1440 }, (_, minute) => (minute % 5 === 0 ? count : undefined));
    const { Throttling } = firing({
      ...series,
      PutUsersCalls: everyFiveMinutes(2),
      ThrottledCalls: everyFiveMinutes(1),
      UsersDelivered: everyFiveMinutes(1),
    });
    expect(Throttling).toEqual([15]);
  });
});
