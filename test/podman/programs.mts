/** The programs of Debian's packages, not others with the same names on this machine. */
export const podman = '/usr/bin/podman';
export const runtime = '/usr/sbin/runc';
