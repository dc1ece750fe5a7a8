"""Starts a command that ends with whoever asked for it: `tether.py PID COMMAND …`, PID that of the one who asks.

A run has a session of its own, so no terminal ends it, and an interpreter that is killed cannot. The kernel can, on
Linux: prctl(2), PR_SET_PDEATHSIG, which lasts through exec. Elsewhere a worker ends as it next tells its progress.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  #: <linux/prctl.h>


def main(asker: int, command: list[str]) -> None:
    """Become the command, tied to the asker's life."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != asker:  # it ended before it could be watched
            return
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
