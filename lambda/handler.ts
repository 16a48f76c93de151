/** The function: what Lambda calls. */
import { createHandler } from './create-handler.ts';

export const handler = createHandler(process.env);
