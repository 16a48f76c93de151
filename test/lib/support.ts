/** Stacks for the tests of lib/, made without bundling the function. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { PersonalizeUsersStack, type PersonalizeUsersStackProps } from '../../lib/personalize-users-stack.ts';
import { UserIngestion, type UserIngestionProps } from '../../lib/user-ingestion.ts';

export const KEY_ARN = 'arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';
export const DATASET_ARN = 'arn:aws:personalize:eu-west-1:123456789012:dataset/my-group/USERS';

const assemblies = mkdtempSync(join(tmpdir(), 'personalize-users-lib-'));
afterAll(() => rmSync(assemblies, { recursive: true }));

/** An app as bin/app.ts makes it, except that no bundle is built, and that warnings are for the tests and not for the console. */
export function createTestApp(): App {
  return new App({
    outdir: mkdtempSync(join(assemblies, 'app-')),
    context: {
      ...recommendedFlags,
      'aws:cdk:bundling-stacks': [],
      '@aws-cdk/core:annotationsInValidationReport': false,
    },
  });
}

export function createStack(
  props: Partial<PersonalizeUsersStackProps> = {},
  app = createTestApp(),
): PersonalizeUsersStack {
  return new PersonalizeUsersStack(app, 'PersonalizeUsers', { datasetArn: DATASET_ARN, ...props });
}

/** The whole stack's template. */
export function stackTemplate(props: Partial<PersonalizeUsersStackProps> = {}): Template {
  return Template.fromStack(createStack(props));
}

/** The construct in somebody else's stack. */
export function createIngestion(props: Partial<UserIngestionProps> = {}): UserIngestion {
  return new UserIngestion(new Stack(createTestApp(), 'Theirs'), 'Users', { datasetArn: DATASET_ARN, ...props });
}

/** A resource of a template. */
export interface Resource {
  /** Its logical id. */
  readonly id: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

/** The only resource of a type whose logical id contains a text. */
export function resource(template: Template, type: string, idPart = ''): Resource {
  const found = Object.entries(template.findResources(type)).filter(([id]) => id.includes(idPart));
  if (found.length !== 1) throw new Error(`${found.length} resources of type ${type} have ${idPart} in their id`);
  const [id, definition] = found[0]!;
  return { id, Properties: {}, ...definition };
}

/** How a template refers to the ARN of its only resource of a type whose logical id contains a text. */
export function arnOf(template: Template, type: string, idPart = '') {
  return { 'Fn::GetAtt': [resource(template, type, idPart).id, 'Arn'] };
}
