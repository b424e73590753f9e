import { say, type Message } from '../messages/message';

/** Why a server's certificate or its handshake is not accepted, in words; nothing when it is about something else. */
export function tlsRefusal(error: unknown): Message | undefined {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'CERT_HAS_EXPIRED') return say('certificateExpired');
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return say('certificateOtherHost');
  if (/ISSUER|VERIFY|SELF_SIGNED|^CERT_/.test(code)) {
    return say('certificateUnknown', { code });
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_')) {
    return say('handshakeFailed', { code });
  }
  return undefined;
}

/** As a server ends a handshake in which it wants a certificate; asyncio sends no alert. */
export const wantsCertificate = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  /^ECONNRESET$|ALERT_CERTIFICATE_REQUIRED|ALERT_HANDSHAKE_FAILURE|ALERT_BAD_CERTIFICATE/.test(
    String(error.code),
  );
