"""What each worker of the embedded cluster does as it starts: a Dask preload."""

from __future__ import annotations

import atexit
import os
from typing import Any


def dask_setup(worker: Any) -> None:
    """Let the process end at once when it is done.

    Python would first take apart every module that was loaded, one by one, which with the numeric
    libraries takes seconds, and the command line would wait for it. A worker leaves nothing behind:
    what it computed was sent or stored, and its nanny removes its folder.
    """
    del worker
    atexit.register(os._exit, 0)
