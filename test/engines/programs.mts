/** Debian's, and not what else is named so on this machine. */
export const daemon = '/usr/sbin/dockerd';
export const client = '/usr/bin/docker';

/** Set in the namespaces in which the engine may run: outside of them it would change the machine's network. */
export const inNamespaces = 'SERVE_BENTO_ENGINE_NAMESPACES';
