/**
 * The errors that PutUsers answers with, as the service names them.
 *
 * Sources: API_UBS_PutUsers.md for the three that the operation declares, the common errors of AWS services for
 * the rest. ThrottlingException is a 400, as it is at AWS: its name tells it from a rejected record, its status does not.
 */

const STATUS_OF = {
  InvalidInputException: 400,
  ResourceInUseException: 409,
  ResourceNotFoundException: 404,

  SerializationException: 400,
  RequestEntityTooLargeException: 413,
  ValidationException: 400,
  ThrottlingException: 400,
  UnknownOperationException: 404,

  MissingAuthenticationTokenException: 403,
  IncompleteSignatureException: 403,
  InvalidSignatureException: 403,

  InternalFailure: 500,
  ServiceUnavailable: 503,
} as const;

/** The name of an error, as it stands in the reply's `x-amzn-errortype` header. */
export type ServiceErrorName = keyof typeof STATUS_OF;

/** A reply other than 200: its name, its message and the HTTP status that goes with the name. */
export class ServiceError extends Error {
  override readonly name: ServiceErrorName;
  readonly status: number;

  constructor(name: ServiceErrorName, message: string) {
    super(message);
    this.name = name;
    this.status = STATUS_OF[name];
  }
}
