/** The versions that an app starts with: this one, and those of the CDK that it was tested with. */
import project from '../../package.json' with { type: 'json' };

export const VERSIONS = {
  ours: project.version,
  cdk: project.dependencies['aws-cdk-lib'],
  cdkCli: project.devDependencies['aws-cdk'],
  constructs: project.dependencies.constructs,
};
