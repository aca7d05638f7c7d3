"""How does a process end that has read much and written nothing?"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import sys
from typing import NoReturn


def leave_at_once(code: int) -> NoReturn:
    """End with this exit code: to take a hundred thousand entries apart, one by one, takes a second.

    Processes beside it only looked, and nobody asks them any more. What is registered for the end of Python is done.
    """
    for child in multiprocessing.active_children():
        child.kill()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)
