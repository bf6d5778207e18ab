"""Layers of the environmental and social screening, laid so that every status occurs."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, MultiLineString, Point, Polygon
from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry as Geometry
from shapely.ops import substring

from kotaku_geo.sample.config import BCB_BUFFER, SEMPADAN_DEFAULT
from kotaku_geo.sample.groups import Kawasan
from kotaku_geo.sample.raster import Hazard, build_hazard
from kotaku_geo.sample.shapes import blob, polygonal
from kotaku_geo.sample.tiling import Tiling

LAND = ("Hak Milik", "HGB", "Hak Pakai", "Tanah Negara", "Aset Pemda", "Tanah Instansi (KAI)")
Grade = TypeVar("Grade", str, str | None)
CLEAR = ("Hak Milik", "HGB", "Hak Pakai", "Wakaf")


@dataclass
class River:
    """A river's line; without `width` (m) the reserve has to be assumed."""

    line: LineString
    name: str
    width: float | None

    def reserve(self) -> Geometry:
        """The reserve on both sides, drawn finely."""
        return self.line.buffer(self.width or SEMPADAN_DEFAULT, quad_segs=32)


@dataclass
class Themes:
    """Everything the screening is given (city's CRS)."""

    rivers: list[River]
    protected: list[tuple[Geometry, str]]
    floods: list[tuple[Geometry, str | None]]
    hazard: Hazard
    heritage: list[tuple[Point, str, str]]
    zone: Geometry
    parcels: list[tuple[Geometry, str]]
    customary: dict[int, str] = field(default_factory=dict)
    """Status of customary communities by kelurahan; kelurahan not listed are unknown."""


class _Network:
    """The edges of the mesh as a graph: rivers run between the cells."""

    def __init__(self, rng: np.random.Generator, tiling: Tiling) -> None:
        mesh = tiling.mesh
        self.links: dict[int, list[tuple[int, float, int]]] = {}
        inside = (mesh.edge_cells >= 0).all(axis=1)
        for edge in np.flatnonzero(inside).tolist():
            one, two = mesh.edge_nodes[edge].tolist()
            cost = float(np.hypot(*(mesh.nodes[one] - mesh.nodes[two]))) * rng.uniform(1, 1.7)
            self.links.setdefault(one, []).append((two, cost, edge))
            self.links.setdefault(two, []).append((one, cost, edge))
        self.mesh = mesh

    def path(self, start: int, ends: set[int]) -> tuple[LineString, set[int]]:
        """Cheapest way from a node to the first of `ends`, as a line with its nodes."""
        best, heap = {start: (0.0, -1, -1)}, [(0.0, start)]
        goal = start
        while heap:
            cost, node = heapq.heappop(heap)
            if node in ends:
                goal = node
                break
            for other, price, edge in self.links[node]:
                if other not in best or cost + price < best[other][0]:
                    best[other] = (cost + price, node, edge)
                    heapq.heappush(heap, (cost + price, other))
        parts, nodes = [], {goal}
        while best[goal][1] >= 0:
            _, before, edge = best[goal]
            points = self.mesh.edge_lines[edge]
            forward = int(self.mesh.edge_nodes[edge, 0]) == before
            parts.append(points if forward else points[::-1])
            goal = before
            nodes.add(goal)
        return LineString(np.concatenate(parts[::-1])), nodes


def _rivers(rng: np.random.Generator, tiling: Tiling) -> list[River]:
    """A main river from the hills to the coast, and brooks that run into it."""
    network = _Network(rng, tiling)
    nodes = sorted(network.links)
    at = tiling.mesh.nodes[nodes]
    middle = float(np.median(at[:, 0])) + rng.uniform(-150, 150)
    south = nodes[int(np.argmin(at[:, 1] + 0.3 * np.abs(at[:, 0] - middle)))]
    north = nodes[int(np.argmax(at[:, 1] - 0.3 * np.abs(at[:, 0] - middle)))]
    line, wet = network.path(south, {north})
    rivers = [River(line, "Kali Contoh", 15.0)]
    for number in range(2 + len(tiling.kelurahan) // 8):
        start = nodes[int(rng.integers(len(nodes)))]
        if start not in wet:
            line, along = network.path(start, wet)
            wet |= along
            rivers.append(River(line, f"Kali Anak {number + 1}", (None, 10.0)[number % 2]))
    return rivers


def _coast(tiling: Tiling) -> Geometry:
    """The reserve along the coast: 40 m of land."""
    mesh = tiling.mesh
    sea = mesh.sea[mesh.outer_cells].any(axis=1) & (mesh.edge_cells < 0).any(axis=1)
    shore = MultiLineString([LineString(points) for points in mesh.edge_lines[sea]])
    return polygonal(shore.buffer(40.0, quad_segs=16).intersection(tiling.outline))


def _flood_zones(
    rng: np.random.Generator, tiling: Tiling, river: River, areas: list[Kawasan]
) -> list[tuple[Geometry, str | None]]:
    """Zones along the river that overlap each other, and lumps without a class."""
    zones: list[tuple[Geometry, str | None]] = []
    length = river.line.length
    for low, high in ((0.0, 0.3), (0.45, 0.7)):
        reach = substring(river.line, low * length, high * length)
        for width, grade in ((70.0, "Rendah"), (38.0, "Sedang"), (18.0, "Tinggi")):
            zones.append((reach.buffer(width).simplify(0.5), grade))
    x, y = shapely.get_coordinates(areas[0].polygon.representative_point())[0]
    zones.append((blob(rng, float(x), float(y), 45.0), None))
    x, y = shapely.get_coordinates(areas[len(areas) // 2].polygon.representative_point())[0]
    zones.append((blob(rng, float(x), float(y), 55.0), "Rendah"))
    return [(polygonal(z.intersection(tiling.outline)), grade) for z, grade in zones]


def _heritage(rng: np.random.Generator, areas: list[Kawasan]) -> list[tuple[Point, str, str]]:
    """Registered buildings: some in a kawasan, others more than 60 m from every one."""
    union = shapely.union_all(np.array([kawasan.polygon for kawasan in areas]))
    shapely.prepare(union)
    outlines = np.array([kawasan.polygon for kawasan in areas])
    inside = [kawasan.polygon.representative_point() for kawasan in [*areas[3:], *areas[:3]]]
    # Circles that clip the corner of a neighbour would measure how finely circles are drawn.
    plain = [p for p in inside if not _slivers(p.buffer(BCB_BUFFER + 1), outlines, 1_000.0).any()]
    points = plain[:1] + plain[len(plain) // 2 : len(plain) // 2 + 1]
    low_x, low_y, high_x, high_y = union.bounds
    for _ in range(400):
        point = Point(rng.uniform(low_x, high_x), rng.uniform(low_y, high_y))
        if len(points) < 6 and union.distance(point) > BCB_BUFFER + 10:
            points.append(point)
    ranks = ("Nasional", "Provinsi", "Kota")
    return [
        (shapely.set_precision(p, 0.001), f"Bangunan Cagar Budaya {i + 1}", ranks[i % 3])
        for i, p in enumerate(points)
    ]


def _zone(rng: np.random.Generator, tiling: Tiling, areas: list[Kawasan]) -> Geometry:
    """A heritage zone far from every kawasan: whether zones are buffered does not matter."""
    union = shapely.union_all(np.array([kawasan.polygon for kawasan in areas]))
    centres = tiling.mesh.seeds
    far = shapely.distance(shapely.points(centres), union)
    x, y = centres[int(np.argmax(far))]
    radius = max(15.0, min(80.0, float(far.max()) - BCB_BUFFER - 25.0))
    return blob(rng, float(x), float(y), radius * 0.75)


def _parcels(
    rng: np.random.Generator, tiling: Tiling, areas: list[Kawasan]
) -> list[tuple[Geometry, str]]:
    """Parcels of the RTs of two in three kawasan: all clear, partly not clear, partly unmapped."""
    result: list[tuple[Geometry, str]] = []
    for turn, kawasan in enumerate(areas):
        if turn % 3 == 2:
            continue
        for place, cell in enumerate(sorted(kawasan.parts)):
            if turn % 6 == 3 and place == 0 and len(kawasan.parts) > 1:
                continue
            pieces = _grid(tiling.cells[cell].polygon)
            statuses = rng.choice(3 if turn % 6 in (0, 3) else len(LAND), size=len(pieces))
            result += [
                (piece, LAND[status]) for piece, status in zip(pieces, statuses, strict=True)
            ]
    return result


def _grid(polygon: Polygon) -> list[Geometry]:
    """A cell cut into squares of 45 m, sharing their edges."""
    low_x, low_y, high_x, high_y = polygon.bounds
    steps = [np.arange(low, high, 45.0) for low, high in ((low_x, high_x), (low_y, high_y))]
    x, y = (axis.ravel() for axis in np.meshgrid(*steps))
    parts = shapely.intersection(shapely.box(x, y, x + 45.0, y + 45.0), polygon)
    return [polygonal(part) for part in parts.tolist() if part.area > 0.5]


def _customary(tiling: Tiling) -> dict[int, str]:
    """Two in three kelurahan are listed, one or two of them with a community."""
    listed = [unit.number for unit in tiling.kelurahan if unit.number % 3 != 2]
    said = {0: "ditetapkan", 1: "tidak"}
    return {n: said.get(n, "teregistrasi" if n % 11 == 10 else "tidak") for n in listed}


def lay_themes(rng: np.random.Generator, tiling: Tiling, areas: list[Kawasan]) -> Themes:
    """Lay every theme over the kawasan of the city."""
    rivers = _rivers(rng, tiling)
    forest = areas[1].polygon.buffer(-12.0).minimum_rotated_rectangle
    forest = polygonal(translate(forest, 18.0, -22.0).intersection(tiling.outline))
    protected = [(_coast(tiling), "Sempadan pantai"), (forest, "RTH kota")]
    floods = _flood_zones(rng, tiling, rivers[0], areas)
    return Themes(
        rivers=_settled(rivers, areas),
        protected=_trimmed(protected, areas),
        floods=_trimmed(floods, areas),
        hazard=build_hazard(rng, tiling.outline.bounds, [k.polygon for k in areas]),
        heritage=_heritage(rng, areas),
        zone=_zone(rng, tiling, areas),
        parcels=_parcels(rng, tiling, areas),
        customary=_customary(tiling),
    )


def _slivers(
    shape: Geometry, outlines: NDArray[np.object_], least: float = 30.0
) -> NDArray[np.bool_]:
    area = shapely.area(shapely.intersection(outlines, shape))
    slivers: NDArray[np.bool_] = (area > 0) & (area < least)
    return slivers


def _settled(rivers: list[River], areas: list[Kawasan]) -> list[River]:
    """Widths with which no reserve touches a kawasan by a few square metres only."""
    outlines = np.array([kawasan.polygon for kawasan in areas])
    for river in rivers:
        for add in range(8):
            if river.width is None or not _slivers(river.reserve(), outlines).any():
                break
            river.width += 1.0 if add < 7 else 0.0
    return rivers


def _trimmed(
    shapes: list[tuple[Geometry, Grade]], areas: list[Kawasan]
) -> list[tuple[Geometry, Grade]]:
    """Cut off touches of a few square metres: rounding would decide whether they are hits."""
    outlines = np.array([kawasan.polygon for kawasan in areas])
    result = []
    for shape, kind in shapes:
        for touched in outlines[_slivers(shape, outlines)].tolist():
            shape = polygonal(shape.difference(touched.buffer(1.0)))
        result.append((shape, kind))
    return result
