"""Benchmarks, side by side with the peer in one run; figures are ratios, machines are noisy.

python tests/bench/run.py [--rounds 5]
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("KOTAKU_SHARED_DATA", ROOT.parent / "shared" / "data")) / "banjarmasin"
LIBRARIES = "import geopandas, pandas, pyarrow, pyogrio, rasterio, shapely, exactextract"


def timed(command: list[str]) -> tuple[float, float]:
    """(seconds, peak megabytes) of a process, its start included."""
    started = time.perf_counter()
    watch = ["/usr/bin/env", sys.executable, "-c", _WATCH, *command]
    done = subprocess.run(watch, capture_output=True, text=True, cwd=ROOT, check=False)
    seconds = time.perf_counter() - started
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stderr}")
    return seconds, float(done.stdout.splitlines()[-1])


_WATCH = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
sys.stderr.write(done.stderr)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
sys.exit(done.returncode)
"""


def report(name: str, ours: list[tuple[float, float]], peer: list[tuple[float, float]]) -> None:
    """Print medians and the ratio ours : peer."""
    a, b = (statistics.median(t for t, _ in runs) for runs in (ours, peer))
    ma, mb = (max(m for _, m in runs) for runs in (ours, peer))
    print(f"{name}: ours {a:.2f} s, peer {b:.2f} s, ratio {a / b:.2f}; "
          f"peak {ma:.0f} MB against {mb:.0f} MB")  # fmt: skip


def banjarmasin(rounds: int, work: Path) -> None:
    """Ingest to screen on the real city beside a plain script; then a rerun of nothing."""
    pipeline = str(ROOT / "pipelines" / "banjarmasin.yaml")
    program = [sys.executable, "-m", "kotaku_geo", "screen", pipeline, "--drop", str(DATA)]
    verify = [sys.executable, "-c", _BOTH, pipeline, str(DATA)]
    peer_script = [sys.executable, str(ROOT / "tests" / "bench" / "peer_banjarmasin.py"), str(DATA)]
    ours, peer, again, bare = [], [], [], []
    for i in range(rounds):
        peer.append(timed([*peer_script, str(work / f"peer{i}")]))
        build = str(work / f"ours{i}")
        ours.append(timed([*verify, build]))
        again.append(timed([*program, "--build", build]))
        bare.append(timed([sys.executable, "-c", LIBRARIES]))
        shutil.rmtree(build)
    report("ingest to screen, Banjarmasin, cold", ours, peer)
    report("rerun with nothing changed, beside importing the libraries", again, bare)


_BOTH = """
import sys
from pathlib import Path
from kotaku_geo.config import load_pipeline
from kotaku_geo.runner import run_stages
file = load_pipeline(Path(sys.argv[1]))
run_stages(file, ("verify", "screen"), drop=Path(sys.argv[2]), build=Path(sys.argv[3]))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    if not DATA.is_dir():
        raise SystemExit(f"real data are not here: {DATA} (set KOTAKU_SHARED_DATA)")
    with tempfile.TemporaryDirectory() as folder:
        banjarmasin(rounds, Path(folder))


if __name__ == "__main__":
    main()
