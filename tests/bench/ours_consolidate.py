"""Our side: the stage ``consolidate`` on the large city, from its tables to its tables.

    python ours_consolidate.py FOLDER

prints the seconds that the work took, the import of libraries not counted.
"""

import sys
import time
from pathlib import Path

from kotaku_geo import garbage
from kotaku_geo.config import load_pipeline
from kotaku_geo.consolidate import stage
from kotaku_geo.findings import FindingBook
from kotaku_geo.stage import StageContext
from kotaku_geo.workspace import Workspace


def main() -> None:
    folder = Path(sys.argv[1])
    started = time.perf_counter()
    file = load_pipeline(folder / "pipeline.yaml")
    pipeline = file.pipeline
    book = FindingBook("consolidate", pipeline.city.crs)
    # As the command does: tables are written while the stage goes on, cycles are looked for seldom.
    ctx = StageContext(pipeline, Workspace(folder), folder, folder, book, early=True)
    garbage.seldom()
    stage.run(ctx)
    ctx.write("consolidate/findings", ctx.findings.frame())
    ctx.put()
    print(time.perf_counter() - started)


if __name__ == "__main__":
    main()
