import { describe, expect, test } from '@jest/globals';
import { readRequest } from '../../../local/put-users/request.ts';
import { thrownBy } from './support.ts';

describe('reading a request', () => {
  test('keeps properties as the string that they are on the wire', () => {
    const body = '{"datasetArn":"arn","users":[{"userId":"ada","properties":"{\\"age\\":34}"}]}';
    expect(readRequest(body)).toEqual({ datasetArn: 'arn', users: [{ userId: 'ada', properties: '{"age":34}' }] });
  });

  test('takes an empty body for a request without members', () => {
    expect(readRequest('')).toEqual({ datasetArn: undefined, users: undefined });
  });

  test('takes null for a member that is absent', () => {
    const body = '{"datasetArn":null,"users":[null,{"userId":null,"properties":null}]}';
    expect(readRequest(body)).toEqual({
      datasetArn: undefined,
      users: [undefined, { userId: undefined, properties: undefined }],
    });
    expect(readRequest('{"users":null}')).toMatchObject({ users: undefined });
  });

  test('passes over members that PutUsers does not have', () => {
    const body = '{"trackingId":"t","users":[{"userId":"ada","age":34}]}';
    expect(readRequest(body)).toEqual({
      datasetArn: undefined,
      users: [{ userId: 'ada', properties: undefined }],
    });
  });
});

describe('a body of the wrong form is a SerializationException', () => {
  test.each([
    ['{', 'The request body is not valid JSON'],
    ['[]', "Value at 'request body' must be an object, not an array"],
    ['null', "Value at 'request body' must be an object, not null"],
    ['{"datasetArn":7}', "Value at 'datasetArn' must be a string, not a number"],
    ['{"users":{}}', "Value at 'users' must be an array, not an object"],
    ['{"users":["ada"]}', "Value at 'users.1.member' must be an object, not a string"],
    ['{"users":[{"userId":7}]}', "Value at 'users.1.member.userId' must be a string, not a number"],
    [
      '{"users":[{"userId":"a"},{"userId":"b","properties":{"age":34}}]}',
      "Value at 'users.2.member.properties' must be a string, not an object",
    ],
  ])('%s', (body, message) => {
    expect(thrownBy(() => readRequest(body))).toMatchObject({ name: 'SerializationException', status: 400, message });
  });
});
