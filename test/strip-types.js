// The transform that Node itself applies when it runs a .ts file: types become spaces, so lines and columns stay true.
import { stripTypeScriptTypes } from 'node:module';

export default {
  process: (source) => ({ code: stripTypeScriptTypes(source) }),
};
