import { localhost, newAuthority, valid } from '../../support/certificates.ts';
import type { Fault } from '../fault.ts';
import { placeService, refused } from '../steps.ts';

export const tlsFaults: readonly Fault[] = [
  {
    number: 78,
    fault: 'a certificate that has expired',
    expected: 'failed: which, and what to do',
    on: 'core',
    run: async (scene) => {
      const id = await placeService(scene);
      const authority = await newAuthority();
      const { certificate, key } = await authority.issue({
        commonName: 'expired',
        usage: 'server',
        hosts: localhost,
        ...valid(10, 20),
      });
      scene.write('certs/server.pem', certificate);
      scene.write('certs/server-key.pem', key);
      await scene.settings({
        'http.tls.certFile': 'certs/server.pem',
        'http.tls.keyFile': 'certs/server-key.pem',
      });
      return refused(scene, id, 'tls', 'server.pem', /expired on .*: renew it/);
    },
  },
  {
    number: 78,
    fault: 'one that is wrong, unreadable, damaged, of another key, authority or host',
    expected: 'failed: which, and why',
    on: 'elsewhere',
    why: 'each in test/core/tls/server-tls.test.ts',
  },
  {
    number: 79,
    fault: 'clients need a certificate',
    expected: 'asked with the one that is configured, else watched by its handshake',
    on: 'elsewhere',
    why: 'test/real/tls.test.ts does it for each generation and launcher',
  },
  {
    number: 80,
    fault: 'the certificate expires within 7 days',
    expected: 'a warning on the row',
    on: 'elsewhere',
    why: 'test/real/tls.test.ts; the words of the row are in test/vscode/tree/bento-row.test.ts',
  },
];

export const trustFaults: readonly Fault[] = [
  {
    number: 81,
    fault: 'the folder is not trusted',
    expected: 'no process at all',
    on: 'window',
    journey: 'trust',
  },
  {
    number: 83,
    fault: 'the folder is trusted later',
    expected: 'served when asked, without a reload; nothing starts by itself',
    on: 'window',
    journey: 'trust',
  },
];
