import { describe, expect, test } from '@jest/globals';
import { createJudge, type Properties } from '../../../contract/dataset/judge-user.ts';
import { readUsersSchema } from '../../../contract/dataset/read-users-schema.ts';
import { exactNumber } from '../../../contract/message/exact-json.ts';

const schema = readUsersSchema(
  JSON.stringify({
    type: 'record',
    name: 'Users',
    fields: [
      { name: 'USER_ID', type: 'string' },
      { name: 'AGE', type: ['null', 'int'] },
      { name: 'memberClass', type: 'string', categorical: true },
      { name: 'VISITS', type: ['long', 'null'] },
    ],
  }),
);
const judge = createJudge(schema);
const kinds = (properties: Properties) => {
  const judgement = judge(properties);
  return judgement.kind === 'misfit' ? judgement.misfits.map(({ kind, property }) => [kind, property]) : judgement.kind;
};

describe('a user', () => {
  test('that fits is sent as it is', () => {
    expect(judge({ age: 31, memberClass: 'Gold', visits: null })).toEqual({ kind: 'clean', properties: undefined });
  });

  test("may name a field as the schema does: it is sent by the property's name, in its place", () => {
    const judgement = judge({ VISITS: 7, AGE: 31, memberClass: 'Gold' });
    expect(JSON.stringify(judgement.properties)).toBe('{"visits":7,"age":31,"memberClass":"Gold"}');
    expect(judgement.kind).toBe('clean');
  });

  test('whose whole number is written with a point is sent with its digits', () => {
    const judgement = judge({
      age: exactNumber('31.0'),
      memberClass: 'Gold',
      visits: exactNumber('9007199254740993.0'),
    });
    expect(JSON.stringify(judgement.properties)).toBe('{"age":31,"memberClass":"Gold","visits":9007199254740993}');
  });

  test('that names one property twice is not guessed at', () => {
    expect(kinds({ AGE: 31, age: 32, memberClass: 'Gold' })).toEqual([['namedTwice', 'AGE']]);
    expect(kinds({ age: 32, AGE: 31, memberClass: 'Gold' })).toEqual([['namedTwice', 'AGE']]);
  });

  test('is told what is wrong with it in words that say what to do', () => {
    const problems = (properties: Properties) => {
      const judgement = judge(properties);
      return judgement.kind === 'misfit' ? judgement.misfits.map(({ problem }) => problem) : [];
    };
    expect(problems({ user_id: 'u', AGe: 1 })).toEqual([
      'is the userId, which is no property: leave it out',
      'is age in messages, as AGE of the schema',
      "is missing, and the schema's memberClass does not take null",
    ]);
    expect(problems({ AGE: 31, age: 32 })).toEqual([
      'is the same property as age, which is there, too: send one of them',
    ]);
  });

  test('lacks nothing that it names as the schema does', () => {
    const upper = createJudge(
      readUsersSchema(
        JSON.stringify({
          type: 'record',
          name: 'Users',
          fields: ['USER_ID', 'PLAN', 'CITY'].map((name) => ({ name, type: 'string' })),
        }),
      ),
    );
    expect(upper({ PLAN: 'Gold' })).toMatchObject({ misfits: [{ kind: 'missing', property: 'city' }] });
    expect(upper({ plan: 'Gold' })).toMatchObject({ misfits: [{ kind: 'missing', property: 'city' }] });
    expect(upper({ PLAN: 'Gold', city: 'Bonn' })).toMatchObject({ kind: 'clean' });
  });

  test('has each kind of misfit once', () => {
    expect(kinds({ age: 'x', visits: 'y', Memberclass: 'Gold', userId: 'u' })).toEqual([
      ['notANumber', 'age'],
      ['otherSpelling', 'Memberclass'],
      ['userIdAsProperty', 'userId'],
      ['missing', 'memberClass'],
    ]);
  });

  test.each([
    ['Memberclass', 'is memberClass in the schema'],
    ['AGe', 'is age in messages, as AGE of the schema'],
  ])('that spells a name another way, as %s, is told the right one', (name, problem) => {
    const judgement = judge({ memberClass: 'Gold', [name]: 'x' });
    expect(judgement).toMatchObject({ kind: 'misfit', misfits: [{ kind: 'otherSpelling', problem }] });
  });

  test('without properties lacks what takes no null', () => {
    expect(kinds({})).toEqual([['missing', 'memberClass']]);
  });

  test.each(['toString', 'constructor', '__proto__', 'favouriteColour'])('has no property %s', (name) => {
    expect(kinds(JSON.parse(`{"memberClass":"Gold","${name}":"x"}`))).toEqual([['unknownName', name]]);
  });

  test('is told the name that was meant once, however many names are wrong', () => {
    let looks = 0;
    const judgeOf = createJudge({
      get fields() {
        looks++;
        return schema.fields;
      },
    });
    looks = 0;
    const many = Object.fromEntries(Array.from({ length: 3000 }, (_, n) => [`name${n}`, 1]));
    expect(judgeOf({ memberClass: 'Gold', ...many })).toMatchObject({ misfits: [{ property: 'name0' }] });
    expect(looks).toBe(1);
  });

  test('is told the name that was meant', () => {
    expect(judge({ memberClas: 'Gold' })).toMatchObject({
      misfits: [{ problem: "is not in the dataset's schema; is memberClass meant?" }, { kind: 'missing' }],
    });
    expect(judge({ x: 'Gold' })).toMatchObject({
      misfits: [{ problem: "is not in the dataset's schema; it has age, memberClass, visits" }, { kind: 'missing' }],
    });
  });
});
