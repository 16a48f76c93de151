/** Whether a user fits the dataset's schema: for `send`, producers and the function alike. Pure. */
import { nearestName } from '../input/nearest-name.ts';
import { createGlance } from './fit-at-a-glance.ts';
import { judgeValue, type Value } from './judge-value.ts';
import type { Misfit, MisfitKind } from './misfits.ts';
import { type Field, USER_ID_FIELD, type UsersSchema } from './users-schema.ts';

/** A user's properties, as the contract lets them through. */
export type Properties = Readonly<Record<string, Value>>;

/**
 * What a user turned out to be. `properties` are those to send, if they are to be written differently: by another name of
 * the field, or 31 for 31.0.
 */
export type Judgement =
  | { readonly kind: 'clean'; readonly properties: Properties | undefined }
  /** Each kind of misfit once, the first of it. */
  | { readonly kind: 'misfit'; readonly misfits: readonly Misfit[]; readonly properties: Properties | undefined };

/** Judges the properties of one user. */
export type JudgeUser = (properties: Properties) => Judgement;

/** Makes the judge of a dataset's users. */
export function createJudge(schema: UsersSchema): JudgeUser {
  const byName = namesOf(schema);
  const byBareName = bareNamesOf(schema);
  const required = schema.fields.filter(isRequired);
  const fitsAtAGlance = createGlanceAtUser(schema);

  return (properties) => {
    if (fitsAtAGlance(properties)) return FITS;
    const misfits = new Map<MisfitKind, Misfit>();
    const add = (kind: MisfitKind, property: string, problem: () => string) => {
      // A user may have thousands of misfits, of which one says as much as all.
      if (!misfits.has(kind)) misfits.set(kind, { kind, property, problem: problem() });
    };
    let rewritten: Map<string, Value> | undefined;
    let requiredSeen = 0;

    const names = Object.keys(properties);
    for (let index = 0; index < names.length; index++) {
      const name = names[index]!;
      const value = properties[name]!;
      const field = byName.get(name);
      if (!field) {
        const bare = bareName(name);
        const alike = byBareName.get(bare);
        if (bare === BARE_USER_ID)
          add('userIdAsProperty', name, () => 'is the userId, which is no property: leave it out');
        else if (alike) add('otherSpelling', name, () => spelling(alike));
        else add('unknownName', name, () => unknown(name, schema));
        rewritten?.set(name, value);
        continue;
      }
      if (name !== field.property && Object.hasOwn(properties, field.property)) {
        return { kind: 'misfit', misfits: [namedTwice(name, field)], properties: undefined };
      }
      if (!field.types.includes('null')) requiredSeen++;
      const fit = judgeValue(field, value);
      if (fit.kind === 'misfit') add(fit.misfit, name, () => fit.problem);
      const written = fit.kind === 'fitsAs' ? fit.value : value;
      if (rewritten === undefined && (written !== value || name !== field.property)) {
        rewritten = new Map(names.slice(0, index).map((before) => [before, properties[before]!]));
      }
      rewritten?.set(field.property, written);
    }

    if (requiredSeen < required.length) {
      const { name, property } = firstMissing(required, properties);
      add('missing', property, () => `is missing, and the schema's ${name} does not take null`);
    }
    const written = rewritten && Object.fromEntries(rewritten);
    if (misfits.size === 0) return { kind: 'clean', properties: written };
    return { kind: 'misfit', misfits: [...misfits.values()], properties: written };
  };
}

const FITS: Judgement = { kind: 'clean', properties: undefined };

/** Looks whether all of a user surely fits, as it is named and written: so it is with nearly all, and nothing is kept of it. */
function createGlanceAtUser({ fields }: UsersSchema): (properties: Properties) => boolean {
  const byName = new Map(
    fields.map((field) => [field.property, { isRequired: isRequired(field), surelyFits: createGlance(field) }]),
  );
  const required = fields.filter(isRequired).length;
  return (properties) => {
    let requiredSeen = 0;
    for (const name in properties) {
      const field = byName.get(name);
      if (!field?.surelyFits(properties[name]!)) return false;
      if (field.isRequired) requiredSeen++;
    }
    return requiredSeen === required;
  };
}

function isRequired({ types }: Field): boolean {
  return !types.includes('null');
}

/** Each name that means a field: its own, and its property's. */
function namesOf({ fields }: UsersSchema): ReadonlyMap<string, Field> {
  return new Map(fields.flatMap((field) => [field.name, field.property].map((name) => [name, field] as const)));
}

/** The first field of each bare name. */
function bareNamesOf({ fields }: UsersSchema): ReadonlyMap<string, Field> {
  return new Map(fields.toReversed().map((field) => [bareName(field.name), field]));
}

function spelling({ name, property }: Field): string {
  return name === property ? `is ${name} in the schema` : `is ${property} in messages, as ${name} of the schema`;
}

function unknown(name: string, { fields }: UsersSchema): string {
  const properties = fields.map(({ property }) => property);
  const meant = nearestName(name, properties);
  const hint = meant === undefined ? `it has ${properties.join(', ')}` : `is ${meant} meant?`;
  return `is not in the dataset's schema; ${hint}`;
}

/** A name but for case and underscores. */
function bareName(name: string): string {
  return name.replaceAll('_', '').toLowerCase();
}

const BARE_USER_ID = bareName(USER_ID_FIELD);

function namedTwice(property: string, { property: other }: Field): Misfit {
  return {
    kind: 'namedTwice',
    property,
    problem: `is the same property as ${other}, which is there, too: send one of them`,
  };
}

function firstMissing(required: readonly Field[], properties: Properties): Field {
  return required.find(
    ({ name, property }) => !Object.hasOwn(properties, property) && !Object.hasOwn(properties, name),
  )!;
}
