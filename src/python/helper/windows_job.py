"""Job objects through ctypes. Source: the Win32 documentation of CreateJobObjectW and its neighbours."""

import ctypes
import subprocess
from ctypes import wintypes
from typing import List, Optional

Handle = int

_kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
_kernel32.CreateJobObjectW.restype = wintypes.HANDLE
_kernel32.GetCurrentProcess.restype = wintypes.HANDLE

_EXTENDED_LIMIT_INFORMATION = 9
_BASIC_PROCESS_ID_LIST = 3
_KILL_ON_JOB_CLOSE = 0x2000


class _BasicLimits(ctypes.Structure):
    _fields_ = [
        ("PerProcessUserTimeLimit", ctypes.c_int64),
        ("PerJobUserTimeLimit", ctypes.c_int64),
        ("LimitFlags", wintypes.DWORD),
        ("MinimumWorkingSetSize", ctypes.c_size_t),
        ("MaximumWorkingSetSize", ctypes.c_size_t),
        ("ActiveProcessLimit", wintypes.DWORD),
        ("Affinity", ctypes.c_size_t),
        ("PriorityClass", wintypes.DWORD),
        ("SchedulingClass", wintypes.DWORD),
    ]


class _ExtendedLimits(ctypes.Structure):
    _fields_ = [
        ("BasicLimitInformation", _BasicLimits),
        ("IoInfo", ctypes.c_uint64 * 6),
        ("ProcessMemoryLimit", ctypes.c_size_t),
        ("JobMemoryLimit", ctypes.c_size_t),
        ("PeakProcessMemoryUsed", ctypes.c_size_t),
        ("PeakJobMemoryUsed", ctypes.c_size_t),
    ]


class _ProcessIds(ctypes.Structure):
    _fields_ = [
        ("NumberOfAssignedProcesses", wintypes.DWORD),
        ("NumberOfProcessIdsInList", wintypes.DWORD),
        ("ProcessIdList", ctypes.c_size_t * 4096),
    ]


def create(kill_on_close: bool) -> Handle:
    job = _checked(_kernel32.CreateJobObjectW(None, None))
    if kill_on_close:
        limits = _ExtendedLimits()
        limits.BasicLimitInformation.LimitFlags = _KILL_ON_JOB_CLOSE
        _checked(_kernel32.SetInformationJobObject(
            wintypes.HANDLE(job), _EXTENDED_LIMIT_INFORMATION, ctypes.byref(limits), ctypes.sizeof(limits)
        ))
    return job


def assign_self(job: Handle) -> None:
    assign(job, _kernel32.GetCurrentProcess())


def assign(job: Handle, process: Handle) -> None:
    _checked(_kernel32.AssignProcessToJobObject(wintypes.HANDLE(job), wintypes.HANDLE(process)))


def terminate(job: Handle) -> None:
    _kernel32.TerminateJobObject(wintypes.HANDLE(job), 1)


def members(job: Optional[Handle], fallback: int) -> List[int]:
    """The pids in the job; `[fallback]` when there is no job to ask."""
    if job is None:
        return [fallback]
    ids = _ProcessIds()
    if not _kernel32.QueryInformationJobObject(
        wintypes.HANDLE(job), _BASIC_PROCESS_ID_LIST, ctypes.byref(ids), ctypes.sizeof(ids), None
    ):
        return [fallback]
    return list(ids.ProcessIdList[: ids.NumberOfProcessIdsInList])


def handle_of(process: "subprocess.Popen[bytes]") -> Handle:
    """The handle that `subprocess` holds: the process id of one that has ended may be another's."""
    handle: int = vars(process)["_handle"]
    return int(handle)


def _checked(result: int) -> int:
    if not result:
        raise ctypes.WinError(ctypes.get_last_error())
    return result
