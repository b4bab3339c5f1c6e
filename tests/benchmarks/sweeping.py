"""A process that sweeps a folder in which nothing has changed; it prints how long each took.

python -m tests.benchmarks.sweeping DATABASE FOLDER TIMES
"""

from __future__ import annotations

import json
import resource
import sys
import threading
import time
from pathlib import Path

from feedsvc.collector import spare_the_collector
from feedsvc.ingest.pool import ExtractionPool, Job
from feedsvc.model.run import RunRequest
from feedsvc.runtime import open_runtime
from feedsvc.services.ingestion import Ingestion
from feedsvc.settings import load_settings
from feedsvc.store.leases import take_lease


def _main(database: str, folder: str, times: int) -> None:
    roots = {"seeds": Path(folder)}
    runtime = open_runtime(
        load_settings(None, {"ingest": {"roots": roots}, "store": {"url": database}})
    )
    settings = runtime.settings
    lease = take_lease(runtime.store)
    assert lease is not None, "somebody else ingests into this store"
    with ExtractionPool(1, settings.limits, settings.feeds.body_excerpt_bytes) as pool:
        # Its start is no part of a sweep.
        list(pool.extract([Job(key=None, path=b"warm.txt", raw=b"A line.")]))
        ingestion = Ingestion(
            store=runtime.store,
            lease=lease,
            settings=settings,
            clock=runtime.clock,
            pool=pool,
            stop=threading.Event(),
        )
        spare_the_collector()  # as the scheduler does
        took_s, cpu_s = [], []
        for _ in range(times):
            began, busy = time.perf_counter(), time.process_time()
            ingestion.run(RunRequest())
            took_s.append(time.perf_counter() - began)
            cpu_s.append(time.process_time() - busy)
    lease.release()
    runtime.close()
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"wall_s": took_s, "cpu_s": cpu_s, "peak_mb": peak_mb}))


if __name__ == "__main__":
    _main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
