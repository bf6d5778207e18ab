"""Benchmarks, side by side with the peer in one run; figures are ratios, machines are noisy.

python tests/bench/run.py [--rounds 5] [--only real|large]
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

import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("KOTAKU_SHARED_DATA", ROOT.parent / "shared" / "data")) / "banjarmasin"
CELL_ROUNDS = 2  # of the slow script
SAME_SHARE = 1e-3  # the peer measures lengths on the plane, we on the ellipsoid
# Both sides find their bytecode as an installed program does, wherever this runs.
ENV = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
LIBRARIES = "import geopandas, pandas, pyarrow, pyogrio, rasterio, shapely, exactextract"


def timed(command: list[str], *, work: bool = False) -> tuple[float, float]:
    """(seconds, peak megabytes) of a process, its start included.

    With ``work`` the seconds are those that it prints itself: the import of libraries, which is
    the same on both sides, does not count.
    """
    started = time.perf_counter()
    watch = ["/usr/bin/env", sys.executable, "-c", _WATCH, *command]
    done = subprocess.run(watch, capture_output=True, text=True, cwd=ROOT, check=False, env=ENV)
    seconds = time.perf_counter() - started
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stderr}")
    *said, peak = done.stdout.split()
    return float(said[-1]) if work else seconds, float(peak)


_WATCH = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], capture_output=True, text=True)
sys.stderr.write(done.stderr)
print(done.stdout[-100:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
sys.exit(done.returncode)
"""


def together(command: list[str]) -> float:
    """Peak megabytes of a process and those that it starts, shared pages counted once.

    Looked at many times while it runs, which slows it: in a run of its own.
    """
    most = 0
    run = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)
    while run.poll() is None:
        most = max(most, sum(_resident(pid) for pid in _family(run.pid)))
        time.sleep(0.005)
    if run.returncode:
        raise SystemExit(f"{' '.join(command)}: {run.returncode}")
    return most / 1024


def _family(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task")
    try:
        below = [int(c) for t in tasks.iterdir() for c in (t / "children").read_text().split()]
    except OSError:  # it has ended
        return []
    return [pid, *(each for child in below for each in _family(child))]


def _resident(pid: int) -> int:
    """Kilobytes of a process; a page that several share counts as a part of it in each."""
    try:
        rows = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(row.split()[1]) for row in rows if row.startswith("Pss:")), 0)


def report(name: str, ours: list[tuple[float, float]], peer: list[tuple[float, float]]) -> None:
    """Print medians and the ratio ours : peer."""
    a, b = (statistics.median(t for t, _ in runs) for runs in (ours, peer))
    ma, mb = (max(m for _, m in runs) for runs in (ours, peer))
    print(f"{name}: ours {a:.2f} s, peer {b:.2f} s, ratio {a / b:.2f}; "
          f"peak {ma:.0f} MB against {mb:.0f} MB")  # fmt: skip


def banjarmasin(rounds: int, work: Path) -> None:
    """Ingest to screen on the real city beside a plain script; then a rerun of nothing."""
    pipeline = str(ROOT / "pipelines" / "banjarmasin.yaml")
    program = [sys.executable, "-m", "kotaku_geo", "run", pipeline, "--drop", str(DATA),
               "--until", "verify", "--until", "screen"]  # fmt: skip
    peer_script = [sys.executable, str(ROOT / "tests" / "bench" / "peer_banjarmasin.py"), str(DATA)]
    ours, peer, again, bare = [], [], [], []
    for i in range(rounds):
        peer.append(timed([*peer_script, str(work / f"peer{i}")]))
        build = str(work / f"ours{i}")
        ours.append(timed([*program, "--build", build]))
        again.append(timed([*program, "--build", build]))
        bare.append(timed([sys.executable, "-c", LIBRARIES]))
        shutil.rmtree(build)
    report("ingest to screen, Banjarmasin, cold", ours, peer)
    report("rerun with nothing changed, beside importing the libraries", again, bare)


def large(rounds: int, work: Path) -> None:
    """Consolidation of a large city beside plain scripts for the same derivations."""
    bench = ROOT / "tests" / "bench"
    folder = work / "large"
    timed([sys.executable, str(bench / "large_city.py"), str(folder)])
    program = [sys.executable, str(bench / "ours_consolidate.py"), str(folder)]
    script = [sys.executable, str(bench / "peer_consolidate.py"), str(folder)]
    ours, peer, cells = [], [], []
    for i in range(rounds):
        peer.append(timed(script, work=True))
        ours.append(timed(program, work=True))
        if i < CELL_ROUNDS:
            cells.append(timed([*script, "--cell-by-cell"], work=True))
            agree(folder)
    report("consolidate a large city, against a script cell by cell", ours, cells)
    report("consolidate a large city, against a vectorised script", ours, peer)
    print(f"  peak of all processes together: ours {together(program):.0f} MB, "
          f"peer {together(script):.0f} MB")  # fmt: skip


def agree(folder: Path) -> None:
    """Stop unless both sides of `large` give the same shares, scores, levels and conflicts."""
    table = {n: (pd.read_parquet(folder / "consolidate" / f"{n}.parquet"),
                 pd.read_parquet(folder / "peer" / f"{n}.parquet"))
             for n in ("facts", "rt", "kawasan", "conflicts")}  # fmt: skip
    for name, key in (("rt", "id_rt"), ("kawasan", "id_kawasan")):
        one, other = (t.set_index(key).sort_index() for t in table[name])
        assert (one["skor"] == other["skor"]).all(), name
        # Ours leaves a level open where conflicts could move it.
        told = one["tingkat"].notna()
        assert (one["tingkat"] == other["tingkat"])[told].all(), name
    keys = ["id_rt", "parameter", "source_id"]
    one, other = table["facts"]
    both = one[~one["parameter"].str.startswith("penyebut")].merge(other, on=keys, how="outer")
    assert len(both) == len(other)
    assert ((both["persen"] / 100 - both["share"]).abs() < SAME_SHARE).all()
    one, other = table["conflicts"]
    one = one[one["spread"] > 5].rename(columns={"subject": "id_rt"})
    both = one.merge(other, on=keys[:2], how="outer", suffixes=("", "_"))
    near = (both["spread"].fillna(5) - 5).abs() + (both["spread_"].fillna(5) - 5).abs() < 0.1
    assert both["spread"].notna().eq(both["spread_"].notna())[~near].all()
    assert (both["material"] == both["material_"])[both["spread"].notna() & ~near].mean() > 0.999
    print(f"  same answers: {len(other)} conflicts, {len(table['facts'][1])} facts")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=("real", "large"))
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if asked.only != "real":
            large(asked.rounds, Path(folder))
        if asked.only == "large":
            return
        if not DATA.is_dir():
            raise SystemExit(f"real data are not here: {DATA} (set KOTAKU_SHARED_DATA)")
        banjarmasin(asked.rounds, Path(folder))


if __name__ == "__main__":
    main()
