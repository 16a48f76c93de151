/**
 * One call of PutUsers from its signature to its reply, free of HTTP.
 *
 * A call is first refused for its signature, then for its JSON, then for the quota; then come the injected faults, and
 * what is left is decided on its merits. So every signed request that can be read spends the quota, also one that is
 * rejected afterwards; a throttled one stores nothing.
 */
import type { Limits } from './constraints.ts';
import { ServiceError } from './errors.ts';
import type { Fault, ServerErrorForm } from './faults.ts';
import { decide } from './operation.ts';
import type { SpendQuota } from './quota.ts';
import { type PutUsersInput, readRequest } from './request.ts';
import { checkSignature } from './signature.ts';
import type { DatasetStore } from './store.ts';

/** A request to `POST /users`. */
export interface Call {
  readonly authorization: string | undefined;
  readonly body: string;
}

/** What the caller gets to see, and how many users were stored before. */
export type Reply =
  | { readonly kind: 'accepted'; readonly usersStored: number }
  | { readonly kind: 'refused'; readonly error: ServiceError }
  | { readonly kind: 'badGateway' }
  | { readonly kind: 'dropped'; readonly usersStored: number };

/** What a call needs of the service around it. */
export interface Surroundings {
  readonly store: DatasetStore;
  readonly spendQuota: SpendQuota;
  readonly limits: Limits;
}

/**
 * Carries out a call with its fault, if it has one, and stores its users if it is accepted.
 *
 * @param fault what was drawn for this call
 */
export function putUsers(call: Call, fault: Fault, surroundings: Surroundings): Reply {
  try {
    return reply(call, fault, surroundings);
  } catch (error) {
    if (error instanceof ServiceError) return { kind: 'refused', error };
    throw error;
  }
}

function reply(call: Call, fault: Fault, surroundings: Surroundings): Reply {
  checkSignature(call.authorization);
  const input = readRequest(call.body);
  if (!surroundings.spendQuota(input.datasetArn)) throw throttled();

  switch (fault.kind) {
    case 'none':
      return { kind: 'accepted', usersStored: storeUsers(input, surroundings) };
    case 'throttling':
      throw throttled();
    case 'conflict':
      throw new ServiceError('ResourceInUseException', 'The specified resource is in use.');
    case 'serverError':
      return serverError(fault.form);
    case 'dropped':
      return { kind: 'dropped', usersStored: fault.afterStoring ? storeUsersIfGood(input, surroundings) : 0 };
  }
}

/** Stores the users of a request, and says how many there were. */
function storeUsers(input: PutUsersInput, { store, limits }: Surroundings): number {
  const { datasetArn, users } = decide(input, store.find, limits);
  store.put(datasetArn, users);
  return users.length;
}

/** Nobody hears of the error when the connection breaks. */
function storeUsersIfGood(input: PutUsersInput, surroundings: Surroundings): number {
  try {
    return storeUsers(input, surroundings);
  } catch (error) {
    if (error instanceof ServiceError) return 0;
    throw error;
  }
}

function throttled(): ServiceError {
  return new ServiceError('ThrottlingException', 'Rate exceeded');
}

function serverError(form: ServerErrorForm): Reply {
  switch (form) {
    case 'BadGateway':
      return { kind: 'badGateway' };
    case 'InternalFailure':
      throw new ServiceError(form, 'The request processing has failed because of an unknown error.');
    case 'ServiceUnavailable':
      throw new ServiceError(form, 'The request has failed due to a temporary failure of the server.');
  }
}
