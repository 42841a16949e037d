"""What a process does once it has loaded all that it will work with."""

import gc


def settle() -> None:
    """Let the garbage collector leave alone what is loaded by now.

    It stays until the process ends, and would be looked through at each full collection, within somebody's request.
    """
    gc.collect()
    gc.freeze()
