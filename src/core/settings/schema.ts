import type * as z from 'zod';
import { lazy } from '../lazy';
import { bentoSettings } from './declarations/bento-settings';
import { entryFields } from './declarations/bentos';
import { folderSettings } from './declarations/folder-settings';
import { fieldsOf, isSetting } from './setting';
import { schemaOf } from './setting-schema';

/** One entry of `serveBento.bentos`. */
export const entrySchema = lazy(() =>
  schemaOf({ ...entryFields, ...bentoSettings }).extend({ bento: entryFields.bento.type.schema }),
);

/** Valid settings of an entry or a profile, before their variables are expanded. */
export type Overrides = Omit<z.output<ReturnType<typeof entrySchema>>, keyof typeof entryFields>;

const declared = fieldsOf(folderSettings).map(([path, field]) => [path.join('.'), field] as const);

/** Every setting by the name that the manifest gives it: `http.port`, `http.tls.certFile`, `startTimeout`. */
export const settingKeys: readonly string[] = declared.map(([key]) => key);

/**
 * The settings that choose what runs or who can reach it. The manifest restricts them in untrusted workspaces, and so
 * does `rawSettings`: VS Code's own check could be bypassed with nested objects (vscode #335112).
 */
export const restrictedSettings: readonly string[] = declared.flatMap(([key, field]) =>
  isSetting(field) && field.restricted === true ? [key] : [],
);
