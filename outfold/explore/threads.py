"""Work on pieces of a table shared out over threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import Any, TypeVar

T = TypeVar("T")

WORTH = 2_000_000
"""Cells of a table from which on starting threads costs less than it saves."""


def shared_out(work: Callable[[int, int], T], cells: int) -> list[T]:
    """Results of ``work(part, parts)`` for every part, each on a thread of its own.

    There are as many parts as linear algebra may use threads, or one for a small table. Meanwhile
    each of them has linear algebra of one thread: products of the narrow pieces gain little from
    more, and what lies between the products would wait for a single thread.

    Args:
        work: Does a part, counted from 0; which rows it takes must follow from its two numbers
            alone, so that the same machine always adds up in the same order.
        cells: Numbers in the table.
    """
    if cells < WORTH:
        return [work(0, 1)]
    with one_thread_each() as parts:
        if parts == 1:
            return [work(0, 1)]
        with ThreadPoolExecutor(parts, "pieces") as threads:
            return list(threads.map(work, range(parts), [parts] * parts))


@cache
def _libraries() -> Any:
    """Finding them takes milliseconds, so only once."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController().select(user_api="blas")


class _Users:
    """Who has linear algebra at one thread, so that the last one puts it back."""

    lock = Lock()
    count = 0
    threads = 1
    limit: Any = None


@contextmanager
def one_thread_each() -> Iterator[int]:
    """Keep linear algebra to one thread, for who works on threads of their own or narrow tables.

    Gives how many it had before.

    Two sessions may overlap: the first to come sets the limit, the last to go takes it off.
    """
    with _Users.lock:
        if _Users.count == 0:
            info = _libraries().info()
            _Users.threads = max([1, *(library["num_threads"] for library in info)])
            _Users.limit = _libraries().limit(limits=1)
        _Users.count += 1
    try:
        yield _Users.threads
    finally:
        with _Users.lock:
            _Users.count -= 1
            if _Users.count == 0:
                _Users.limit.restore_original_limits()
