/** The account that is deployed to: moto's, on this machine. Nothing that is built from this reaches AWS. */
const { MOTO_ENDPOINT, CDK_HOME } = process.env;
if (!MOTO_ENDPOINT?.startsWith('http://localhost:') || !CDK_HOME) {
  throw new Error(
    'These tests need an account of their own: run them with `npm run test:deploy` or `npm run test:runtime`.',
  );
}

export const ACCOUNT = '123456789012';
/** Where the dataset is. It is not the region that the command line is set to. */
export const REGION = 'eu-west-1';
export const DATASET_ARN = `arn:aws:personalize:${REGION}:${ACCOUNT}:dataset/my-group/USERS`;

/** What the CDK's command line is told. */
export const ENVIRONMENT = {
  AWS_ENDPOINT_URL: MOTO_ENDPOINT,
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_REGION: 'us-east-1',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
  CDK_HOME,
  // Whatever would go anywhere else runs into a port where nobody listens.
  HTTPS_PROXY: 'http://localhost:9',
  https_proxy: 'http://localhost:9',
  NO_PROXY: 'localhost',
  no_proxy: 'localhost',
};

/** What an SDK client is told. */
export const CLIENT = {
  endpoint: MOTO_ENDPOINT,
  region: REGION,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
};
