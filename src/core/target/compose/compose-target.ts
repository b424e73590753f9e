import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../../clock';
import { problemTexts, say } from '../../messages/message';
import { ServeError } from '../../problem';
import type { Run } from '../../programs/run';
import { untilAborted } from '../../until-aborted';
import { withTimeout } from '../../with-timeout';
import type { ContainerPlan } from '../containers/container-plan';
import type { Owner } from '../containers/owner';
import type { AppliedBento, AppliedComponent, ApplyOptions, Comparison, Target } from '../target';
import { compareProject } from './compare-project';
import { AppliedProject } from './applied-project';
import { ComposeClient } from './client/compose-client';
import type { ComposeProgram } from './client/compose-program';
import { ProjectWatch } from './client/project-watch';
import {
  composeFileNames,
  composeResources,
  ownerLabels,
  projectName,
  type ComposeResources,
} from './compose-resources';
import { removeProjectFiles, writeProjectFiles } from './project-files';

export interface ComposeTargetParts {
  readonly run: Run;
  readonly clock: Clock;
  readonly program: ComposeProgram;
  /** The editor's own environment, which determines the engine. */
  readonly env: NodeJS.ProcessEnv;
  readonly owner: Owner;
  /** A private folder of this bento for the files that Compose reads. */
  readonly folder: string;
}

/** The time limit for pulling images, which must end before anything starts. */
const pullSeconds = 1_800;
/** The number of restarts after which a container counts as failed. */
const maxRestarts = 3;

/** Runs bentos on the engine of Docker Compose, Podman or containerd that the user has. */
export class ComposeTarget implements Target<ContainerPlan, ComposeResources> {
  readonly kind = 'compose';
  readonly #parts: ComposeTargetParts;

  constructor(parts: ComposeTargetParts) {
    this.#parts = parts;
  }

  resources(plan: ContainerPlan): ComposeResources {
    const { owner, folder } = this.#parts;
    return composeResources(plan, owner, folder);
  }

  async apply(
    resources: ComposeResources,
    { signal, secrets, onApplied }: ApplyOptions,
  ): Promise<AppliedBento> {
    const { folder, clock } = this.#parts;
    await writeProjectFiles(folder, resources.files);
    const client = await this.#client({
      files: composeFileNames.map((file) => path.join(folder, file)),
      variables: variablesOf(resources, secrets),
    });
    const isNew = (await client.containers(signal)).length === 0;
    const count = Object.keys(resources.components).length;
    const timeoutMs = 1_000 * (pullSeconds + count * resources.startSeconds);
    const watch = new ProjectWatch(client, clock);
    const applied = new AppliedProject(client, watch, resources.components, folder);
    try {
      await watch.start();
      onApplied?.(applied);
      await client.up({ signal, timeoutMs });
      await watch.refresh();
      await this.#untilReady(applied, resources.startSeconds, signal);
      return applied;
    } catch (error) {
      applied.dispose();
      // Report why the bento is not served, not why the cleanup failed.
      if (isNew) {
        const graceMs = 1_000 * resources.stopGraceSeconds;
        await client.down(graceMs, new AbortController().signal).then(
          () => removeProjectFiles(folder),
          () => undefined,
        );
      }
      throw error;
    }
  }

  async compare(
    resources: ComposeResources,
    { signal, secrets }: Pick<ApplyOptions, 'signal' | 'secrets'>,
  ): Promise<Comparison> {
    const { folder } = this.#parts;
    const variables = variablesOf(resources, secrets);
    const client = await this.#client({ files: [], variables });
    const containers = await client.containers(signal);
    return compareProject({ client, resources, folder, containers, signal });
  }

  async adopt(signal: AbortSignal): Promise<AppliedBento | undefined> {
    const client = await this.#client({ files: [], variables: {} });
    if ((await client.containers(signal)).length === 0) return undefined;
    const watch = new ProjectWatch(client, this.#parts.clock);
    await watch.start();
    return new AppliedProject(client, watch, {}, this.#parts.folder);
  }

  async #client(
    own: Pick<ComposeClient['project'], 'files' | 'variables'>,
  ): Promise<ComposeClient> {
    const { run, program, env, owner, folder } = this.#parts;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return new ComposeClient(
      { run, program, env, cwd: folder },
      { name: projectName(owner), labels: ownerLabels(owner), ...own },
    );
  }

  async #untilReady(
    applied: AppliedProject,
    startSeconds: number,
    signal: AbortSignal,
  ): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<true>();
    const check = (): void => {
      const { components } = applied.state;
      const ended = components.find(hasFailed);
      if (ended !== undefined) reject(endedError(ended));
      else if (components.every(({ state }) => state === 'ready')) resolve(true);
    };
    const watching = applied.onDidChange(check);
    check();
    try {
      const ready = untilAborted(signal, promise);
      if ((await withTimeout(this.#parts.clock, 1_000 * startSeconds, ready)) === true) return;
      ready.catch(() => undefined);
    } finally {
      watching.dispose();
    }
    const { unknown, components } = applied.state;
    if (unknown !== undefined) {
      throw new ServeError(unknown.problem);
    }
    throw lateError(components.find(({ state }) => state !== 'ready'));
  }
}

const variablesOf = (
  { secretVariables }: ComposeResources,
  secrets: ApplyOptions['secrets'],
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(secretVariables).map(([name, variable]) => [variable, secrets[name] ?? '']),
  );

const hasFailed = ({ state, workers }: AppliedComponent): boolean =>
  state === 'failed' || workers.some((one) => one.state !== 'ready' && one.restarts >= maxRestarts);

function endedError({ id, reason, workers }: AppliedComponent): ServeError {
  const facts = { component: workers[0]?.name ?? id, reason: reason ?? say('exitUnknown') };
  return new ServeError({
    code: 'crashed',
    ...problemTexts(say('containerKeepsEnding', facts), say('containerKeepsEndingSummary', facts)),
  });
}

function lateError(component: AppliedComponent | undefined): ServeError {
  const container = component?.workers[0]?.name ?? component?.id ?? '?';
  return new ServeError({
    code: 'start-timeout',
    ...problemTexts(
      say('containerUnhealthy', { container }),
      component?.reason ?? say('containerUnhealthySummary', { container }),
    ),
  });
}
