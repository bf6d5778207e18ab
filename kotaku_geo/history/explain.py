"""Why a value or a boundary is what it is: the story of any id of the baseline.

`Explainer` indexes a baseline once and tells as many stories as are asked for; a document can call
it for each kawasan and parameter.
"""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from kotaku_geo.config import DENOMINATORS, closest
from kotaku_geo.errors import PipelineFileError
from kotaku_geo.files import table_path
from kotaku_geo.history import story_identity, story_kawasan, story_place, story_rt
from kotaku_geo.history.baseline import Baseline, records
from kotaku_geo.history.choices import DENOMINATOR
from kotaku_geo.history.identities import PARAMETERS as IDENTITIES
from kotaku_geo.history.identities import about
from kotaku_geo.history.known import Known, Row, Unseen
from kotaku_geo.history.phrases import UsageError
from kotaku_geo.history.story import CATALOGUE, Story, paragraphs
from kotaku_geo.workspace import read_any

RELATIONS, LOCATIONS = "verify/relations", "verify/locations"
_SHOWN = 5  # names that hold what was asked for
_WHOLE = ("skor", "tingkat")  # asked for by their columns, they are the story of the thing


class Explainer:
    """Tells the stories of one baseline, and of the SK locations verified against it."""

    def __init__(
        self,
        baseline: Baseline,
        verified: Mapping[str, pd.DataFrame] | None = None,
        unseen: Unseen | None = None,
    ):
        """Index a baseline.

        Args:
            baseline: its tables, whole or deprived of what may not be told.
            verified: ``verify/locations`` and ``verify/relations``, where there are any.
            unseen: what the tables were deprived of.
        """
        self._known = Known(baseline, unseen)
        tables = verified or {}
        rows = records(tables.get(LOCATIONS, pd.DataFrame(columns=["sisi", "id"])))
        self._sk = {str(row["id"]): row for row in rows if row["sisi"] == "sk"}
        related = records(tables.get(RELATIONS, pd.DataFrame(columns=["relation_id"])))
        self._relations = {row["relation_id"]: row for row in related}

    def story(self, name: str, parameter: str | None = None) -> Story:
        """The story of an id_kawasan, id_rt, kode_kelurahan, SK location or disputed name.

        A kawasan or a kelurahan is known by its name as well, where no other has that name.

        Args:
            name: the id; a conflict's or a decision's id leads to what it is about.
            parameter: ``1a`` … ``7b``, a denominator (``jumlah_kk``), ``batas.…``, or None.

        Raises:
            UsageError: there is no such id or parameter, or several have that name; the message
                names the nearest, or each.
        """
        name, parameter = self._meant(name, parameter)
        parameter = None if parameter in _WHOLE else parameter
        known = self._known
        if parameter in IDENTITIES:
            disputed = story_identity.found(known, name, parameter)
            if disputed is not None:
                return story_identity.of_identity(known, disputed)
            if name in known.rt:
                raise UsageError(CATALOGUE, "salah.tenang", id=name, parameter=parameter)
        if name in known.kawasan and name in known.rt and parameter != "batas.rt":
            return self._of_both(name, parameter)
        if name in known.kawasan and parameter != "batas.rt":
            return self._of_kawasan(known.kawasan[name], parameter)
        if name in known.rt:
            return self._of_rt(known.rt[name], parameter)
        if name in known.kelurahan:
            _asked(parameter, ["batas.kelurahan"])
            return story_place.of_kelurahan(known, known.kelurahan[name], parameter)
        if name in self._sk:
            _asked(parameter, [])
            row = self._sk[name]
            return story_place.of_sk(known, row, self._relations.get(row["relation_id"]))
        now, subjects = known.baseline.moves.now(name), {s for s, _ in known.conflicts}
        if now in known.rt and now != name and (parameter is not None or name not in subjects):
            return self.story(now, parameter)
        for conflict in known.conflicts.values():
            if conflict["subject"] == name:
                return story_identity.of_identity(known, conflict)
        called = self._of_name(name, parameter)
        if len(called) == 1:
            return self.story(called[0], parameter)
        if called:
            each = [f"{self._kind(i)} {i} ({self._names[i]})" for i in called]
            raise UsageError(CATALOGUE, "salah.nama", id=name, others=each)
        lapsed = self._of_what_is_gone(name, parameter)
        if lapsed is not None:
            return lapsed
        near = self._near(name)
        raise UsageError(CATALOGUE, "salah.id" if near else "salah.asing", id=name, others=near)

    def knows(self, name: str) -> bool:
        """Whether there is a story of this id."""
        try:
            self.story(name)
        except PipelineFileError:
            return False
        return True

    def _meant(self, name: str, parameter: str | None) -> tuple[str, str | None]:
        """What the id of a conflict or a decision is about; any other id as it is."""
        known = self._known
        if name in known.subjects:
            return known.subjects[name]
        decision = known.baseline.decisions.get(name)
        if decision is not None and decision.get("subject"):
            return about(decision)[1], decision.get("parameter")
        return name, parameter

    def _of_what_is_gone(self, name: str, parameter: str | None) -> Story | None:
        """The decisions on something that the baseline knows no more; None where there are none."""
        known = self._known
        rows = [row for row in known.baseline.decisions.values()
                if name in (row.get("subject"), about(row)[1])
                and parameter in (None, row.get("parameter"))]  # fmt: skip
        if not rows:
            return None
        told = [sentence for row in rows for sentence in known.decision(row)]
        return Story(name, "keputusan", parameter, paragraphs(("aturan", told)))

    def _of_both(self, name: str, parameter: str | None) -> Story:
        """A kawasan that is called after its one RT: its story, and then the RT's."""
        area = self._of_kawasan(self._known.kawasan[name], parameter)
        if parameter == "batas.kawasan":
            return area
        rt = self._of_rt(self._known.rt[name], parameter)
        return replace(area, paragraphs=area.paragraphs + rt.paragraphs)

    def _of_kawasan(self, row: Row, parameter: str | None) -> Story:
        known = self._known
        if row["id_kawasan"] in known.unseen.kawasan:
            return story_kawasan.kept_back(row)
        if parameter is None:
            return story_kawasan.whole(known, row)
        if parameter == "batas.kawasan":
            return story_kawasan.of_boundary(known, row)
        if parameter in known.parameters:
            return story_kawasan.of_parameter(known, row, known.parameters[parameter])
        return self._counted(row, parameter, story_kawasan.of_denominator, "batas.kawasan")

    def _of_rt(self, row: Row, parameter: str | None) -> Story:
        known = self._known
        if row["id_rt"] in known.unseen.rt:
            return story_rt.kept_back(known, row)
        if parameter is None:
            return story_rt.whole(known, row)
        if parameter == "batas.rt":
            return story_rt.of_boundary(known, row)
        if parameter in known.parameters:
            return story_rt.of_parameter(known, row, known.parameters[parameter])
        return self._counted(row, parameter, story_rt.of_denominator, "batas.rt")

    def _counted(
        self, row: Row, parameter: str, tell: Callable[[Known, Row, str], Story], outline: str
    ) -> Story:
        """The story of a denominator, by its name with or without ``penyebut.``."""
        name = parameter.removeprefix(DENOMINATOR)
        if name not in DENOMINATORS:
            raise _no_such(parameter, [*self._known.parameters, *DENOMINATORS, outline], name)
        return tell(self._known, row, name)

    def _near(self, name: str) -> list[str]:
        """Ids, and names with their ids, that look like this one."""
        known = self._known
        subjects = {subject for subject, _ in known.conflicts}
        every = sorted({*known.kawasan, *known.rt, *known.kelurahan, *self._sk, *subjects})
        near = difflib.get_close_matches(name, every, n=5, cutoff=0.5)
        plain, _ = _plain(name)
        called = difflib.get_close_matches(plain, sorted(self._called), n=3, cutoff=0.7)
        holding = [word for word in sorted(self._called) if _holds(word, plain)]
        for word in [*called, *(w for w in holding[:_SHOWN] if w not in called)]:
            near += [f"{i} ({self._names[i]})" for i in self._called[word]]
        return near

    def _of_name(self, name: str, parameter: str | None) -> list[str]:
        """Ids of the kawasan and kelurahan of this name; of both kinds, those that are asked for
        by the word before the name or by the parameter."""
        plain, kind = _plain(name)
        found = self._called.get(plain, [])
        if kind is None and parameter is not None:
            kind = "kelurahan" if parameter == "batas.kelurahan" else "kawasan"
        return [i for i in found if self._kind(i) == kind] or found

    def _kind(self, ident: str) -> str:
        return "kelurahan" if ident in self._known.kelurahan else "kawasan"

    @cached_property
    def _names(self) -> dict[str, str]:
        """Names of kawasan and kelurahan by their ids."""
        known = self._known
        areas = {i: row.get("nama_kawasan") for i, row in sorted(known.kawasan.items())}
        places = {i: row.get("nama_kelurahan") for i, row in sorted(known.kelurahan.items())}
        return {i: str(name) for i, name in {**areas, **places}.items() if name}

    @cached_property
    def _called(self) -> dict[str, list[str]]:
        """Ids of kawasan and kelurahan by their names."""
        found: dict[str, list[str]] = {}
        for ident, name in self._names.items():
            found.setdefault(_plain(name)[0], []).append(ident)
        return found


def verified_in(root: Path) -> dict[str, pd.DataFrame]:
    """The tables of the verification that a workspace has."""
    paths = {name: table_path(root, name) for name in (LOCATIONS, RELATIONS)}
    return {name: read_any(path) for name, path in paths.items() if path.is_file()}


def _plain(name: str) -> tuple[str, str | None]:
    """A name as it is compared, and the kind of place that the word before it says."""
    text = " ".join(name.casefold().split())
    for kind in ("kawasan", "kelurahan"):
        if text.startswith(f"{kind} "):
            return text.removeprefix(f"{kind} "), kind
    return text, None


def _holds(name: str, part: str) -> bool:
    """Whether a name has every word of another: ``kampung melati`` has ``melati``."""
    words = set(part.split())
    return bool(words) and words < set(name.split())


def _asked(parameter: str | None, known: list[str]) -> None:
    if parameter is not None and parameter not in known:
        raise _no_such(parameter, known)


def _no_such(parameter: str, known: list[str], name: str | None = None) -> UsageError:
    """A parameter that is not there, with the nearest (by ``name``, its own or shorter), or all."""
    near = closest(name or parameter, known)
    key = "mirip" if near else "yang_ada" if known else "tanpa"
    others = known if near is None else [near]
    return UsageError(CATALOGUE, f"salah.{key}", parameter=parameter, others=others)
