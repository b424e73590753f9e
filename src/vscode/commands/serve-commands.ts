import * as vscode from 'vscode';
import type { Bento } from '../../core/model';
import { askForProfile } from './ask-for-profile';
import { askForTarget } from './ask-for-target';
import { tellUnset } from '../problems/open-setting';
import { isServed } from '../lifecycle/readiness';
import type { CommandGroup, CommandParts } from './command-group';
import { tell } from './tell';

/** Commands on whole bentos. */
export function serveCommands(
  parts: CommandParts,
): CommandGroup<
  'serve' | 'watch' | 'serveWithProfile' | 'serveOn' | 'stop' | 'restart' | 'stopAll'
> {
  const { manager, choice, progress, discovered } = parts;

  /** A user who closed the question knows. */
  const tellIdle = (): void => {
    if (!manager.bentos.some(isServed)) tell(vscode.l10n.t('Nothing is being served.'));
  };

  const tellNone = (): void => {
    if (manager.bentos.length > 0) return;
    tell(
      vscode.l10n.t(
        'No bento was found: open a folder with a BentoML service, or add one to serveBento.bentos.',
      ),
    );
  };

  const bentoToServe = async (argument: unknown): Promise<Bento | undefined> => {
    const bento = await choice.bento(
      argument,
      vscode.l10n.t('Which bento?'),
      ({ state, source }) => state !== 'stopping' && source !== 'remote',
    );
    if (bento === undefined) tellNone();
    return bento;
  };

  const serveAgain = (bento: Bento): Promise<unknown> =>
    isServed(bento) ? progress.restart(bento) : progress.serve(bento);

  return {
    serve: async (argument) => {
      if (!vscode.workspace.isTrusted) {
        await vscode.commands.executeCommand('workbench.trust.manage');
        return;
      }
      await discovered();
      const bento = await bentoToServe(argument);
      if (bento === undefined) return;
      choice.remember(bento.id);
      await progress.serve(bento);
    },
    watch: async (argument) => {
      await discovered();
      const isRemote = ({ source }: Bento): boolean => source === 'remote';
      const suits = (bento: Bento): boolean => isRemote(bento) && !isServed(bento);
      const bento = await choice.bento(argument, vscode.l10n.t('Watch which bento?'), suits);
      if (bento !== undefined) await progress.serve(bento);
      else if (!manager.bentos.some(isRemote)) {
        await tellUnset(
          vscode.l10n.t('There is nothing to watch: add addresses to serveBento.watch.'),
          'serveBento.watch',
        );
      }
    },
    serveWithProfile: async (argument) => {
      await discovered();
      const hasProfiles = ({ id }: Bento): boolean => manager.profiles(id).names.length > 0;
      const bento = await choice.bento(argument, vscode.l10n.t('Which bento?'), hasProfiles);
      if (bento !== undefined && hasProfiles(bento)) {
        const profile = await askForProfile(bento.displayName, manager.profiles(bento.id));
        if (profile === undefined) return;
        manager.chooseProfile(bento.id, profile.name);
        choice.remember(bento.id);
        await serveAgain(bento);
      } else if (!manager.bentos.some(hasProfiles)) {
        await tellUnset(
          vscode.l10n.t('No profiles are defined: add one to serveBento.profiles.'),
          'serveBento.profiles',
        );
      }
    },
    serveOn: async (argument) => {
      await discovered();
      const bento = await bentoToServe(argument);
      if (bento === undefined) return;
      const target = await askForTarget(bento.displayName, manager.target(bento.id));
      if (target === undefined) return;
      manager.chooseTarget(bento.id, target);
      choice.remember(bento.id);
      await serveAgain(bento);
    },
    stop: async (argument) => {
      const bento = await choice.bento(argument, vscode.l10n.t('Stop which bento?'), isServed);
      if (bento !== undefined) {
        await progress.withoutProgress(bento.id, () => manager.stop(bento.id));
      } else tellIdle();
    },
    restart: async (argument) => {
      const bento = await choice.bento(argument, vscode.l10n.t('Restart which bento?'), isServed);
      if (bento !== undefined) await progress.restart(bento);
      else tellIdle();
    },
    stopAll: () => manager.stopAll(),
  };
}
