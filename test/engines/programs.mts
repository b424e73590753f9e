/** The programs of Debian's packages, not others with the same names on this machine. */
export const daemon = '/usr/sbin/dockerd';
export const client = '/usr/bin/docker';

/** Set in the namespaces in which the engine may run: outside of them it would change the machine's network. */
export const inNamespaces = 'SERVE_BENTO_ENGINE_NAMESPACES';
