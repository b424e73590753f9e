/**
 * Matches variables that differ between the sessions of a user and that no plan depends on: they name sockets, terminals
 * and connections.
 */
const ofSession =
  /^(?:SSH_\w+|XDG_(?:SESSION_ID|VTNR|SEAT)|DBUS_SESSION_BUS_ADDRESS|SESSION_MANAGER|WINDOWID|INVOCATION_ID|JOURNAL_STREAM|MEMORY_PRESSURE_\w+|SYSTEMD_EXEC_PID|GIO_LAUNCHED_\w+|GPG_(?:TTY|AGENT_INFO)|TERM_\w+|SHLVL|OLDPWD|PWD|_)$/;

/** Returns the variables of an environment that are the same in the user's next session. */
export const lastingVariables = (
  env: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(env)
      .filter(([name]) => !ofSession.test(name))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
