"""Idle priority for a process that nobody waits for yet, which can be raised again later (Linux).

An ordinary user usually cannot lower a nice value again. So the nice value is raised only if a trial shows that it can
be restored. The nice value of the session (sched(7), "autogroup"), the policy SCHED_BATCH and the I/O priority can always
be restored.
"""

import ctypes
import os
import sys
import time
from contextlib import suppress
from typing import Dict, List, Optional

# The nice value with the lowest priority.
LOWEST = 19
# The system call numbers of ioprio_get and ioprio_set, for which the C library has no functions.
IOPRIO_CALLS: Dict[str, List[int]] = {"x86_64": [252, 251], "aarch64": [31, 30]}
IOPRIO_WHO_PROCESS = 1
IOPRIO_IDLE = 3 << 13
# In seconds. The kernel accepts a new nice value of a session ten times a second.
AUTOGROUP_PAUSE = 0.02
AUTOGROUP_TRIES = 10


def can_take_back_nice() -> bool:
    """Tries in a child process whether a nice value can be restored."""
    if sys.platform != "linux":
        return False
    pid = os.fork()
    if pid == 0:
        try:
            before = os.getpriority(os.PRIO_PROCESS, 0)
            os.setpriority(os.PRIO_PROCESS, 0, LOWEST)
            os.setpriority(os.PRIO_PROCESS, 0, before)
            os._exit(0)
        except BaseException:
            os._exit(1)
    return os.waitpid(pid, 0)[1] == 0


def lower_own(may_be_nice: bool) -> None:
    """Lowers the priority of this process, which must have a session of its own. Does what the system allows."""
    if sys.platform == "linux":
        if may_be_nice:
            os.setpriority(os.PRIO_PROCESS, 0, LOWEST)
        with suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
        set_session_nice(os.getpid(), LOWEST)
        set_io_priority(0, IOPRIO_IDLE)


def restore(pid: int) -> None:
    """Gives a process the priority of this one."""
    if sys.platform == "linux":
        policy, parameters = os.sched_getscheduler(0), os.sched_getparam(0)
        nice = os.getpriority(os.PRIO_PROCESS, 0)
        own = io_priority(0)
        for thread in threads(pid):
            # The thread may have ended.
            with suppress(OSError):
                os.sched_setscheduler(thread, policy, parameters)
                if os.getpriority(os.PRIO_PROCESS, thread) != nice:
                    os.setpriority(os.PRIO_PROCESS, thread, nice)
            if own is not None:
                set_io_priority(thread, own)
        set_session_nice(pid, 0)


def threads(pid: int) -> List[int]:
    try:
        return [int(name) for name in os.listdir("/proc/%d/task" % pid)]
    except OSError:
        return []


def set_session_nice(pid: int, value: int) -> None:
    for _ in range(AUTOGROUP_TRIES):
        try:
            with open("/proc/%d/autogroup" % pid, "w") as autogroup:
                autogroup.write(str(value))
            return
        except BlockingIOError:
            time.sleep(AUTOGROUP_PAUSE)
        except OSError:
            # The process has ended, or the kernel has no autogroups.
            return


def io_priority_calls() -> Optional[List[int]]:
    if sys.platform == "win32" or sys.maxsize < 2**32:
        return None
    return IOPRIO_CALLS.get(os.uname().machine)


def io_priority(thread: int) -> Optional[int]:
    calls = io_priority_calls()
    if calls is None:
        return None
    value = int(ctypes.CDLL(None).syscall(calls[0], IOPRIO_WHO_PROCESS, thread))
    return None if value < 0 else value


def set_io_priority(thread: int, value: int) -> None:
    calls = io_priority_calls()
    if calls is not None:
        ctypes.CDLL(None).syscall(calls[1], IOPRIO_WHO_PROCESS, thread, value)
