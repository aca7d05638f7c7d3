"""What had a writer acknowledged when it was killed?"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from itertools import count


def killed_after(append: Callable[[int], None], first: int, wait: float, batch: int) -> list[int]:
    """Fork a process that appends batches from `first` on and says each once it is acknowledged; kill it.

    It is killed some time after its first batch; what it had said by then is given back.
    """
    heard, said = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            for number in count(first, batch):
                append(number)
                os.write(said, f"{number}\n".encode())
        finally:
            os._exit(1)
    os.close(said)
    with os.fdopen(heard) as lines:
        acknowledged = [int(lines.readline())]
        time.sleep(wait)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        acknowledged += [int(line) for line in lines if line.endswith("\n")]
    assert os.WTERMSIG(status) == signal.SIGKILL
    return acknowledged
