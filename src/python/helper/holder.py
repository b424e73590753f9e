"""Who listens on a port, as far as the system tells."""

import os
import shutil
import subprocess
import sys


def holder_of(port):
    """`{"pid", "name"}` of a process that listens on the port, or None. Never raises."""
    try:
        if not port:
            return None
        if sys.platform == "linux":
            return _linux(port)
        return _windows(port) if sys.platform == "win32" else _lsof(port)
    except Exception:
        return None


def _linux(port):
    inodes = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            with open(table) as lines:
                next(lines)
                for line in lines:
                    fields = line.split()
                    # 0A is TCP_LISTEN; a socket that is bound and does not listen is in no table.
                    if fields[3] == "0A" and int(fields[1].rsplit(":", 1)[1], 16) == port:
                        inodes.add("socket:[%s]" % fields[9])
        except OSError:
            continue
    if not inodes:
        return None
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            for fd in os.listdir("/proc/%s/fd" % pid):
                if os.readlink("/proc/%s/fd/%s" % (pid, fd)) in inodes:
                    with open("/proc/%s/comm" % pid) as name:
                        return {"pid": int(pid), "name": name.read().strip()}
        except OSError:
            continue
    return None


def _lsof(port):
    tool = shutil.which("lsof") or "/usr/sbin/lsof"
    said = _output([tool, "-nP", "-iTCP:%d" % port, "-sTCP:LISTEN", "-Fpc"])
    facts = {line[:1]: line[1:] for line in reversed(said.splitlines())}
    return {"pid": int(facts["p"]), "name": facts.get("c", "")} if "p" in facts else None


def _windows(port):
    for line in _output(["netstat", "-ano", "-p", "TCP"]).splitlines():
        fields = line.split()
        # The state is translated, the foreign address of a listener is not.
        if len(fields) == 5 and fields[1].endswith(":%d" % port) and fields[2].endswith(":0"):
            said = _output(["tasklist", "/FI", "PID eq %s" % fields[4], "/FO", "CSV", "/NH"])
            return {"pid": int(fields[4]), "name": said.split('"')[1] if '"' in said else ""}
    return None


def _output(command):
    return subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=2
    ).stdout.decode("utf-8", "replace")
