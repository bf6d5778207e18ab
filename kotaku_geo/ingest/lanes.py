"""Layers made beside each other, in as many processes as there are workers.

Layers do not meet: each process takes one after the other from file to finished table, and only
their findings and accounts come back. All of them need the kelurahan; the other processes begin to
read while this one makes these.
"""

from functools import partial

from kotaku_geo import beside
from kotaku_geo.errors import InputError, PipelineFileError
from kotaku_geo.ingest.layer import GROUND, Done, Ground, Job, Reading, make_ground
from kotaku_geo.stage import StageContext

WORTH_SHARING = 2_000_000  # bytes; fewer are read sooner than a process starts
Outcome = Done | PipelineFileError


def make_all(by_layer: dict[str, list[Job]], ctx: StageContext) -> list[Done]:
    """Every layer, in the order given.

    Raises:
        PipelineFileError: of the first layer that has one, whatever the number of processes.
    """
    layers = _largest_first(by_layer)
    work = partial(_make_some, queue=beside.Queue(layers), by_layer=by_layer, ctx=ctx)
    count = min(_processes(by_layer, ctx.workers), len(layers))
    running = [beside.start_waiting(work, ctx.workers) for _ in range(count - 1)]
    made: dict[str, Outcome] = {}
    ground = _ground(by_layer, made, ctx)
    for other in running:
        other.tell(ground)
    if running:
        ctx.ahead()
    made |= work(lambda: ground)
    for other in running:
        made |= other.result()
    for layer in set(layers) - set(made):  # taken by a process that died
        made[layer] = _make(layer, lambda: ground, by_layer[layer], ctx)
    done: list[Done] = []
    for layer in by_layer:
        outcome = made[layer]
        if isinstance(outcome, PipelineFileError):
            raise outcome
        done.append(outcome)
    return done


def _ground(by_layer: dict[str, list[Job]], made: dict[str, Outcome], ctx: StageContext) -> Ground:
    """Make the kelurahan, and say what places are resolved by."""
    try:
        done, ground = make_ground(by_layer.get(GROUND, []), ctx)
    except PipelineFileError as error:
        made[GROUND] = error
        return Ground.nowhere()
    if GROUND in by_layer:
        made[GROUND] = done
    return ground


def _make_some(
    wait: beside.Wait,
    queue: "beside.Queue[str]",
    by_layer: dict[str, list[Job]],
    ctx: StageContext,
) -> dict[str, Outcome]:
    """Make layers until none is left; the kelurahan are waited for when the first is read."""
    ground: list[Ground] = []

    def once() -> Ground:
        if not ground:
            ground.append(wait())
        return ground[0]

    return {layer: _make(layer, once, by_layer[layer], ctx) for layer in queue}


def _make(layer: str, ground: beside.Wait, jobs: list[Job], ctx: StageContext) -> Outcome:
    try:
        return Reading.of(layer, jobs, ctx).finish(ground, ctx)
    except PipelineFileError as error:
        return error


def _processes(by_layer: dict[str, list[Job]], workers: int) -> int:
    size = sum(_size(jobs) for jobs in by_layer.values())
    return workers if beside.possible(workers) and size >= WORTH_SHARING else 1


def _largest_first(by_layer: dict[str, list[Job]]) -> list[str]:
    """Layers but the kelurahan: what takes longest must not come last."""
    sizes = {layer: _size(jobs) for layer, jobs in by_layer.items() if layer != GROUND}
    return sorted(sizes, key=lambda layer: (-sizes[layer], layer))


def _size(jobs: list[Job]) -> int:
    return sum(f.file.stat().st_size for _, f in jobs if not isinstance(f, InputError))
