"""Names of kelurahan and kecamatan that a delivery gives, by which other columns are known."""

from kotaku_geo import resources
from kotaku_geo.ingest.discover.facts import Places
from kotaku_geo.ingest.discover.mapping import Mapping, map_layer
from kotaku_geo.ingest.discover.scoring import Subject, score
from kotaku_geo.ingest.names import normalise


def names_in(subjects: list[Subject]) -> tuple[Places, set[int]]:
    """The names, and which files are kelurahan layers.

    They are taken from the boundaries of kelurahan; where there are none, from tables that give
    a name beside every kelurahan's code.
    """
    least = float(resources.load("discovery")["deciding"]["least"])
    found: dict[int, Mapping] = {}
    for i, subject in enumerate(subjects):
        if subject.look.kind == "polygon":
            ranked = score(subject)
            if ranked and ranked[0].layer == "kelurahan" and ranked[0].points >= least:
                found[i] = ranked[0].mapping
    mappings = dict(found)
    if not mappings:
        for i, subject in enumerate(subjects):
            if subject.look.kind == "none":
                mapping = map_layer("penduduk", subject.columns)
                if {"kode_kelurahan", "nama_kelurahan"} <= set(mapping.chosen):
                    mappings[i] = mapping
    names = {"nama_kelurahan": set[str](), "nama_kecamatan": set[str]()}
    for i, mapping in mappings.items():
        for canonical, known in names.items():
            choice = mapping.chosen.get(canonical)
            if choice is not None:
                column = next(c for c in subjects[i].columns if c.heading == choice.heading)
                known |= {normalise(t) for t in column.texts}
    kelurahan, kecamatan = names["nama_kelurahan"], names["nama_kecamatan"]
    return Places(frozenset(kelurahan - {""}), frozenset(kecamatan - {""})), set(found)
