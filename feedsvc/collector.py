"""The garbage collector of a process that is to work for long; one set-up each."""

from __future__ import annotations

import gc


def spare_the_collector() -> None:
    """Let the garbage collector not look at what stays for ever, and a little less often.

    Rendering 500 entries, or publishing 256, makes some hundred thousand objects that die by
    themselves. What does not (a request leaves a few dozen in circles) must not wait for long
    either: looked for every 50,000 objects, it let a web process grow by 2 MB a minute.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 5, 5)
