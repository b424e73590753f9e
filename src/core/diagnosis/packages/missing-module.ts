import path from 'node:path';
import { at, type CauseContext, type Explanation } from '../explanation';
import { droppedIn, isOptional, isWellKnown, packageOf } from './packages';
import { pipInstall } from './pip-install';
import type { RootCause } from '../root-cause';
import { factsOf } from '../raised-facts';
import { say } from '../../messages/message';

/** A module is missing: its name, its submodule, the folder it is in, or the package that would bring it. */
export function missingModule(cause: RootCause, context: CauseContext): Explanation | undefined {
  const { raised } = cause;
  const name = factsOf(raised).module;
  if (name === undefined || raised.type !== 'ModuleNotFoundError') return undefined;
  const [top = name] = name.split('.');
  const own = context.workspaceModule(top);
  if (own !== undefined && name === top) return ofWorkspace(top, own, cause, context);
  if (isOfReference(cause)) return wrongReference(name, context);
  const asked = namespaceImport(name, raised.frames.at(-1)?.code ?? '') ?? name;
  if (name !== top && !isWellKnown(asked)) {
    return missingSubmodule(name, own?.shown, cause, context);
  }
  return droppedModule(top, cause) ?? notInstalled(asked, cause, context);
}

function ofWorkspace(
  name: string,
  own: NonNullable<ReturnType<CauseContext['workspaceModule']>>,
  cause: RootCause,
  { python, workingDir }: CauseContext,
): Explanation {
  const { folder, shown, project, isCompiled } = own;
  if (isCompiled && path.resolve(folder) === path.resolve(workingDir)) {
    return {
      code: 'import-failed',
      text: say('causeOtherPython', { module: quoted(name), place: at(cause), file: shown }),
      advice: say('fixOtherPython', { python }),
      moduleFolder: folder,
    };
  }
  const isLayout = project !== undefined && project !== folder;
  const relative = quoted(path.relative(workingDir, folder) || '.');
  return {
    code: 'import-failed',
    text: say('causeOtherFolder', { module: quoted(name), place: at(cause), file: shown }),
    advice: isLayout
      ? say('fixInstallProject', {
          ...{ command: pipInstall(python, ['-e', project]), folder: relative },
        })
      : say('fixWorkingDir', { folder: relative }),
    setting: isLayout ? 'serveBento.env' : 'serveBento.bentos',
    moduleFolder: folder,
  };
}

/** BentoML itself imports what the reference names. */
function isOfReference({ raised, place }: RootCause): boolean {
  const importer = raised.frames.findLast(({ file }) => !/[\\/]importlib[\\/]/.test(file));
  return place === undefined && /[\\/]_?bentoml\w*[\\/].*loader\.py$/.test(importer?.file ?? '');
}

const wrongReference = (name: string, { workingDir }: CauseContext): Explanation => ({
  code: 'import-failed',
  setting: 'serveBento.bentos',
  text: say('causeReference', { module: quoted(name), folder: workingDir }),
  advice: say('fixReference'),
});

function missingSubmodule(
  name: string,
  shown: string | undefined,
  cause: RootCause,
  { python }: CauseContext,
): Explanation {
  const parent = name.slice(0, name.lastIndexOf('.'));
  return {
    code: 'import-failed',
    text:
      shown === undefined
        ? say('causeInstalledSubmodule', { parent, module: name, place: at(cause) })
        : say('causeSubmodule', { file: shown, module: name, place: at(cause) }),
    advice: shown === undefined ? say('fixInstalledSubmodule', { python }) : say('fixSubmodule'),
  };
}

function droppedModule(name: string, cause: RootCause): Explanation | undefined {
  const version = droppedIn(name);
  if (version === undefined && !isOptional(name)) return undefined;
  return {
    code: 'import-failed',
    text:
      version === undefined
        ? say('causeOptionalModule', { module: name, place: at(cause) })
        : say('causeDroppedModule', { version, module: name, place: at(cause) }),
    advice: version === undefined ? say('fixOptionalModule') : say('fixDroppedModule', { version }),
  };
}

function notInstalled(name: string, cause: RootCause, { python }: CauseContext): Explanation {
  const install = [packageOf(name)];
  return {
    code: 'import-failed',
    // The command names the interpreter.
    ...(namespaces.test(name)
      ? {
          text: say('causeNotInstalledIn', { what: name, python, place: at(cause) }),
          advice: say('fixProvider'),
        }
      : {
          text: say('causeNotInstalled', { what: name, place: at(cause) }),
          advice: say('fixRunOrImport', { command: pipInstall(python, install) }),
        }),
    ...(isWellKnown(name) ? { install } : {}),
  };
}

/** Several packages share these names, so that the missing part says which package it is. */
const namespaces = /^(?:google|google\.cloud|ruamel)$/;

/** Of `from google.cloud import storage` the module that is meant, where `google.cloud` is missing. */
function namespaceImport(missing: string, code: string): string | undefined {
  const from = /^from ([\w.]+) import (\w+)/.exec(code);
  const name = from === null ? /^import ([\w.]+)/.exec(code)?.[1] : undefined;
  const asked =
    from === null ? name : namespaces.test(from[1] ?? '') ? `${from[1]}.${from[2]}` : from[1];
  if (asked === undefined || !`${asked}.`.startsWith(`${missing}.`)) return undefined;
  const [first = '', second = '', third] = asked.split('.');
  const parts =
    second === 'cloud' && third !== undefined ? [first, second, third] : [first, second];
  const known = parts.join('.');
  return isWellKnown(known) ? known : undefined;
}

const quoted = (text: string): string => JSON.stringify(text);
