"""A process that takes the lease and says so, and says so when it has lost it.

`python -m tests.faults.holder DATABASE`
"""

from __future__ import annotations

import sys
import time

from feedsvc.errors import LeaseLost
from feedsvc.store.engine import open_store
from feedsvc.store.leases import take_lease


def main() -> None:
    lease = take_lease(open_store(sys.argv[1], busy_timeout_s=10))
    print("taken" if lease else "held by another", flush=True)
    try:
        while lease:
            lease.check()
            time.sleep(0.2)
    except LeaseLost:
        print("lost", flush=True)


if __name__ == "__main__":
    main()
