import { targetKinds } from '../../target-kinds';
import { settingIn } from '../setting';
import { bentoArguments } from '../table-types';
import { choice, command, flag, registryName, seconds, words } from '../value-types';

const setting = settingIn('general');

export const general = {
  /** A bare command name is searched on the `PATH`. Absent: the interpreter is found as described in `core/interpreter`. */
  pythonPath: setting({
    type: command,
    default: '',
    example: '${workspaceFolder}/.venv/bin/python',
    scope: 'machine-overridable',
    restricted: true,
  }),
  /** Read by the service's code with `bentoml.use_arguments()`. */
  args: setting({
    type: bentoArguments,
    default: {},
    example: { model: 'large', threshold: 0.5 },
    restricted: true,
    since: '1.4.8',
    planned: true,
  }),
  launcher: setting({
    type: choice(['auto', 'workers', 'cli']),
    default: 'auto',
    example: 'cli',
    restricted: true,
  }),
  /** Where the components run. */
  target: setting({
    type: choice(targetKinds),
    default: 'local',
    example: 'compose',
    restricted: true,
  }),
  /** The registry that images of built bentos are pushed to. Absent: they are not pushed. */
  registry: setting({
    type: registryName,
    default: '',
    example: 'registry.example.com/team',
    restricted: true,
  }),
  kubernetes: {
    /** Before a bento is served in a context whose name contains one of these, the user is asked. */
    productionContexts: setting({
      type: words,
      default: ['prod', 'live'],
      example: ['prod', 'payments'],
    }),
  },
  startTimeout: setting({ type: seconds(5, 3600), default: 300, example: 600 }),
  stopGracePeriod: setting({ type: seconds(0.5, 300), default: 10, example: 30 }),
  resumeOnReload: setting({
    type: flag,
    default: true,
    example: false,
    scope: 'window',
  }),
  /** Whether changed Python files are served at once. */
  reload: setting({ type: flag, default: true, example: false, parameter: 'reload' }),
};
