"""A process that reads one hostile delivery after the other, each in a child of its own, and tells
what came out, how long it took and how much memory it had at most.

Run as a script; it reads ``drop<TAB>path`` lines and answers each with a line of JSON.
"""

import json
import os
import resource
import signal
import sys
import time
from pathlib import Path

SECONDS = 30
MEMORY = 6 * 1024**3


def _tried(drop: Path, path: str) -> dict[str, object]:
    from kotaku_geo.config import check_plain_path
    from kotaku_geo.errors import InputError, PipelineFileError
    from kotaku_geo.ingest.locate import locate
    from kotaku_geo.ingest.read_raster import read_grid
    from kotaku_geo.ingest.reading import format_of, read_layers

    try:
        check_plain_path(path)
        texts, rows = "", 0
        for delivered in locate(drop, path):
            if format_of(delivered).reader == "raster":
                read_grid(delivered)
                continue
            for raw in read_layers(delivered):
                rows += raw.rows_read
                texts += raw.frame.to_csv()
                texts += "".join(f"[{note.rule}]" for note in raw.notes)
        return {"outcome": "read", "message": texts[:500], "rows": rows}
    except (ValueError, PipelineFileError) as error:
        return {"outcome": "exit 2", "message": str(error)}
    except InputError as error:
        return {"outcome": "exit 3", "message": str(error)}
    except BaseException as error:  # noqa: BLE001 (this is what must not be)
        return {"outcome": "crashed", "message": f"{type(error).__name__}: {error}"}


def _in_child(drop: Path, path: str) -> dict[str, object]:
    begun = time.perf_counter()
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(SECONDS)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        os.write(theirs, f"{_resting()}\n".encode())
        os.write(theirs, json.dumps(_tried(drop, path)).encode()[:60_000])
        os._exit(0)
    os.close(theirs)
    with os.fdopen(ours, "rb") as pipe:
        resting, _, said = pipe.read().partition(b"\n")
    _, status, usage = os.wait4(child, 0)  # its own children's memory included
    answer = json.loads(said) if said else {"outcome": "crashed", "message": f"status {status}"}
    peak = (usage.ru_maxrss - int(resting)) / 1024
    return {**answer, "mb": round(peak), "seconds": round(time.perf_counter() - begun, 2)}


def _resting() -> int:
    """Kilobytes that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() // 1024


if __name__ == "__main__":
    import kotaku_geo.ingest.read_arrow
    import kotaku_geo.ingest.read_raster
    import kotaku_geo.ingest.read_table
    import kotaku_geo.ingest.reading  # noqa: F401 (loaded once for all children)

    for line in sys.stdin:
        drop, path = line.rstrip("\n").split("\t")
        print(json.dumps(_in_child(Path(drop), path)), flush=True)
