/** What a program imports that sends users. */
export type { SchemaCheck } from '../contract/dataset/admission.ts';
export type { Reason } from '../contract/message/reason.ts';
export { UserRefusedError, UsersNotSentError } from './errors.ts';
export type { QueueClient } from './given-client.ts';
export type { Refusal, SendReport } from './send-report.ts';
export type { PropertiesOf, PropertyValue, User, UserProperties } from './user.ts';
export { type SendAllOptions, UserProducer, type UserProducerOptions } from './user-producer.ts';
