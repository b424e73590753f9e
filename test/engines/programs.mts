/** The programs of Debian's packages, not others with the same names on this machine. */
export const daemon = '/usr/sbin/dockerd';
export const client = '/usr/bin/docker';
export const registry = '/usr/bin/docker-registry';
