import { watchedAddresses } from '../address-types';
import { field, settingIn } from '../setting';
import { schemaOf } from '../setting-schema';
import { namedTable, objectList } from '../table-types';
import { label, path } from '../value-types';
import { bentoSettings } from './bento-settings';
import { say } from '../../messages/message';

const setting = settingIn('general');

/** The fields that only an entry of `bentos` has. */
export const entryFields = {
  bento: field({
    type: label(say('ruleReference')),
    example: 'service:svc',
    parameter: 'bento_identifier',
  }),
  name: field({ type: label(say('ruleName')), example: 'Fraud detection' }),
  workingDir: field({
    type: path,
    example: '${workspaceFolder}/fraud',
    parameter: 'working_dir',
  }),
};

/** The entries are read one by one, with `entrySchema`. */
export const bentos = setting({
  type: objectList,
  default: [],
  example: [{ bento: 'service:svc', workingDir: 'fraud', http: { port: 3000 } }],
  restricted: true,
});

/** Sets of settings that override those of the folder and of the bento's entry. */
export const profiles = setting({
  type: namedTable(() => schemaOf(bentoSettings), say('namesOfProfiles')),
  default: {},
  example: {
    tls: { http: { port: 8443, tls: { certFile: 'certs/server.pem' } } },
    'load test': { http: { apiWorkers: 4 } },
  },
  restricted: true,
});

/** The addresses of bentos that run elsewhere. */
export const watch = setting({
  type: namedTable(watchedAddresses, say('namesOfBentos'), false),
  default: {},
  example: { Production: ['https://shop.example.com', 'grpc://10.0.0.5:3001'] },
  restricted: true,
});
