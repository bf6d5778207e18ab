"""Who a written name means: the one place that it fits, or nobody.

What is compared goes from the letter to the guess that anyone would make: the name as it stands, as
it sounds, as it was scanned, in another order; then short forms, cut ends and slips of the hand,
which count only where one place fits and the next is clearly further off.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from kotaku_geo.ingest.slips import MAX_EDITS, slip
from kotaku_geo.ingest.spelling import (
    Spelled,
    joined,
    lists,
    modern,
    plain,
    tokens,
    without_weak_title,
    words_of,
)
from kotaku_geo.late import record

MARGIN = 2.0  # edits by which the next place must be further off


def normalise(name: str) -> str:
    """A name without case, title, punctuation, spaces, doubled letters and old spelling.

    Two names that agree so are one name: ``Kel. Kalia-lia`` and ``KALIALIA``.
    """
    return joined(without_weak_title(words_of(name, written_out=False)), modern)


@record
class Match:
    """Which code a name means, how that was found, and how alike the two are (0 … 100).

    ``how`` is ``nama`` or ``nama_mirip``, ``way`` says it for a reader. ``spelled`` tells that the
    name is the official one but for its case and title, ``elsewhere`` that the kecamatan written
    beside it has no such place.
    """

    code: str
    how: str
    similarity: float
    spelled: bool = True
    way: str = "nama resmi"
    elsewhere: bool = False


@record
class Answer:
    """What a name was understood to mean; ``tied`` are the codes that it fits equally well.

    ``kecamatan`` is what the cell names beside the kelurahan.
    """

    match: Match | None = None
    tied: tuple[str, ...] = ()
    kecamatan: str | None = None


@dataclass
class NameIndex:
    """The names that a written name may mean.

    Args:
        candidates: (code, official name); a code may have several names.
        surroundings: names of kecamatan and of the city, which a cell may name beside it.
    """

    candidates: Sequence[tuple[str, str]]
    surroundings: Iterable[str] = ()
    _answers: dict[tuple[str, frozenset[str] | None], Answer] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._official = [
            (code, Spelled(name, without_weak_title(words_of(name))))
            for code, name in self.candidates
        ]
        own = {w for _, s in self._official for w in s.modern}
        self._words = frozenset(own | {modern(w) for w in lists()["words"]})
        around = {tuple(map(modern, _untitled(n))): n for n in self.surroundings}
        self._around = {k: around[k] for k in sorted(around, key=len, reverse=True) if k}

    def find(self, name: str, inside: Collection[str] | None = None) -> Answer:
        """The one candidate that ``name`` means, or none where none or several fit.

        Args:
            name: as delivered.
            inside: codes of the kecamatan written beside it, None where it is unknown.
        """
        scope = None if inside is None else frozenset(inside)
        if (name, scope) not in self._answers:
            self._answers[name, scope] = self._find(name, scope)
        return self._answers[name, scope]

    def _find(self, name: str, inside: frozenset[str] | None) -> Answer:
        answer = self._named(name, inside)
        if answer.match or answer.tied:
            return answer
        for head, beside in self._split(name):
            answer = self._named(head, inside)
            if answer.match or answer.tied:
                return Answer(answer.match, answer.tied, beside)
        return Answer(tied=self._beginnings(name, inside))

    def _beginnings(self, name: str, inside: frozenset[str] | None) -> tuple[str, ...]:
        """Places that share their first words, where those are all that is written.

        So short a beginning names nobody; but where several have it, one of them is meant.
        """
        words = Spelled(name, without_weak_title(words_of(name))).modern
        if {modern(w) for w in lists()["words"]} >= set(words):
            return ()
        fits = {
            code for code, official in self._official
            if official.modern[: len(words)] == words and (inside is None or code in inside)
        }  # fmt: skip
        return tuple(sorted(fits)) if len(fits) > 1 else ()

    def _named(self, name: str, inside: frozenset[str] | None) -> Answer:
        full = Spelled(name, words_of(name))
        forms = [full]
        short = without_weak_title(full.words)
        if short != full.words:
            forms.append(Spelled(name, short))
        whole = tokens(plain(name))
        if whole != full.words:  # "Kel ayan": what looks like a title is a part torn off
            forms.append(Spelled(name, whole))
        answer = self._equal(forms, inside)
        if answer.match or answer.tied:
            return answer
        for form in forms[:2]:
            answer = self._near(form, inside)
            if answer.match or answer.tied:
                return answer
        return Answer()

    def _equal(self, forms: list[Spelled], inside: frozenset[str] | None) -> Answer:
        """Places whose name is equal in the first form in which any is."""
        first = forms[0]
        official = self._official
        levels = (
            ("nama resmi", {c for c, o in official if o.bare == first.bare}),
            ("ejaan", {c for f in forms for c, o in official if o.joined == f.joined}),
            ("huruf serupa", {c for f in forms for c, o in official if o.skeleton == f.skeleton}),
            ("urutan kata", {c for f in forms for c, o in official if o.bag == f.bag}),
        )
        for level, (way, fits) in enumerate(levels):
            here = fits if inside is None else fits & inside
            if len(here) == 1:
                return Answer(self._match(here.pop(), first.text, way, level))
            if here:
                return Answer(tied=tuple(sorted(here)))
            if len(fits) == 1 and level < 2:
                return Answer(self._match(fits.pop(), first.text, way, level, elsewhere=True))
            if fits:
                return Answer(tied=tuple(sorted(fits)))
        return Answer()

    def _near(self, written: Spelled, inside: frozenset[str] | None) -> Answer:
        """The place that the name is short for, cut from, or a slip away from."""
        fits: dict[str, tuple[float, str]] = {}
        for code, official in self._official:
            found = slip(written, official, self._words)
            if found and found < fits.get(code, (MAX_EDITS + 1.0, "")):
                fits[code] = found
        here = fits if inside is None else {c: f for c, f in fits.items() if c in inside}
        if not here:
            return Answer(tied=tuple(sorted(fits)) if len(fits) > 1 else ())
        best = min(here, key=lambda c: (here[c], c))
        cost, way = here[best]
        rivals = {c for c in here if c != best and here[c][0] < cost + MARGIN}
        rivals |= {c for c in fits.keys() - here.keys() if fits[c][0] < cost}
        if cost >= 1:
            rivals |= self._as_near(written, best, cost, inside)
        if rivals:
            return Answer(tied=tuple(sorted({best} | rivals)))
        return Answer(self._match(best, written.text, way, 2))

    def _as_near(
        self, written: Spelled, best: str, cost: float, inside: frozenset[str] | None
    ) -> set[str]:
        """Other places that are not clearly further off, letter by letter."""
        near = set()
        for code, official in self._official:
            if code == best or official.numbers != written.numbers:
                continue
            margin = MARGIN if inside is None or code in inside else 0.0
            if OSA.distance(written.joined, official.joined) < cost + margin:
                near.add(code)
        return near

    def _match(
        self, code: str, written: str, way: str, level: int, elsewhere: bool = False
    ) -> Match:
        how = "nama" if level < 2 else "nama_mirip"
        own = (official.joined for c, official in self._official if c == code)
        alike = max(fuzz.ratio(normalise(written), one) for one in own)
        return Match(code, how, 100.0 if level < 2 else alike, level == 0, way, elsewhere)

    def _split(self, name: str) -> list[tuple[str, str | None]]:
        """The cell without the kecamatan and the city that it names as well."""
        whole = tokens(plain(name))
        found = []
        for words, beside in (_cut_behind(whole, self._around), _cut_before(whole, self._around)):
            if words and words != whole:
                found.append((" ".join(words), beside))
        return found


def _untitled(name: str) -> tuple[str, ...]:
    words = tokens(plain(name))
    titles = lists()["kecamatan"] | lists()["city"]
    while len(words) > 1 and words[0] in titles:
        words = words[1:]
    return words


def _cut_behind(
    words: tuple[str, ...], around: Mapping[tuple[str, ...], str]
) -> tuple[tuple[str, ...], str | None]:
    """Words before the kecamatan or city that they end with, and the one nearest to them."""
    beside, titles = None, lists()["kecamatan"] | lists()["city"]
    cut = next((i for i, w in enumerate(words) if i and w in lists()["kecamatan"]), None)
    if cut is not None:
        rest = tuple(map(modern, words[cut + 1 :]))
        named = next((n for k, n in around.items() if rest[: len(k)] == k), None)
        return words[:cut], named
    changed = True
    while changed:
        changed = False
        for key, name in around.items():
            size = len(key)
            if len(words) > size and tuple(map(modern, words[-size:])) == key:
                words, beside, changed = words[:-size], name, True
                break
        while len(words) > 1 and words[-1] in titles:
            words = words[:-1]
    return words, beside


def _cut_before(
    words: tuple[str, ...], around: Mapping[tuple[str, ...], str]
) -> tuple[tuple[str, ...], str | None]:
    titles = lists()["kecamatan"] | lists()["city"]
    while len(words) > 1 and words[0] in titles:
        words = words[1:]
    for key, name in around.items():
        if len(words) > len(key) and tuple(map(modern, words[: len(key)])) == key:
            return words[len(key) :], name
    return words, None


def match_name(name: str, candidates: Sequence[tuple[str, str]]) -> Match | None:
    """The one of ``candidates`` (code, official name) that ``name`` means, or None."""
    return NameIndex(candidates).find(name).match
