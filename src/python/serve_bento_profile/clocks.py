"""Reads how much processor time threads have used."""

import sys
import time
from typing import Optional

# The clock of a thread by its id, as Linux numbers it (MAKE_THREAD_CPUCLOCK). `time.pthread_getcpuclockid` would be the
# way for all systems, but it crashes the process when the thread has ended; this one fails with an OSError.
CPUCLOCK_SCHED, CPUCLOCK_PERTHREAD = 2, 4


def thread_time(native_id: Optional[int]) -> Optional[float]:
    """Seconds of processor time; None where the system does not say, or for a thread that has ended."""
    if sys.platform != "linux" or native_id is None:
        return None
    else:
        try:
            return time.clock_gettime((~native_id << 3) | CPUCLOCK_PERTHREAD | CPUCLOCK_SCHED)
        except OSError:
            return None
