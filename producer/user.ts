/** A user, as a program has it. */

/**
 * What a property may be. Several categories are an array, which is sent as one string joined by `|`. A whole number beyond
 * 2^53 is a bigint: as a number it would have lost digits.
 */
export type PropertyValue = string | number | bigint | boolean | null | readonly string[];

/** The properties of a user, by the names of the dataset's schema in camelCase; one that is undefined is left out. */
export type PropertiesOf<Properties> = { readonly [Name in keyof Properties]: PropertyValue | undefined };

/** Properties of any names. */
export type UserProperties = Readonly<Record<string, PropertyValue | undefined>>;

/** A user. PutUsers replaces: what `properties` leaves out is gone from the dataset. */
export interface User<Properties extends PropertiesOf<Properties> = UserProperties> {
  /** 1 to 256 characters. Source: Personalize API reference, `User`. */
  readonly userId: string;
  /** By the names of the dataset's schema in camelCase. */
  readonly properties?: Properties;
  /**
   * Which record of the user is the newer, for a deployment with `orderGuard`: a whole number from 0 to 2^64 - 1, beyond 2^53 as
   * a bigint, or a time, such as when the row was changed. Give it to all records of a user, or to none.
   * @default the time at which SQS takes the message
   */
  readonly version?: number | bigint | string | Date;
}
