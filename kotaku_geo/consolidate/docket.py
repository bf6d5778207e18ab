"""The decisions of the Pokja that are on file, and which of them apply."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kotaku_geo.consolidate import following
from kotaku_geo.consolidate.conflicts import OPEN, Candidate, Conflict
from kotaku_geo.consolidate.following import Chosen, Ids, Renamed
from kotaku_geo.decisions import Decision
from kotaku_geo.evidence import in_words, meant_by

DECIDED, STALE = "diputuskan", "basi"
BY_DECISION = "keputusan"  # the rule of a fact, and the source of a typed value

About = tuple[str, str, str]


@dataclass
class Docket:
    """The decisions on file, and those of them that have been applied.

    A decision applies where its conflict is there with the evidence that it was taken on. Of
    decisions that choose the same for the same thing the latest with that evidence is in force;
    where they choose differently none applies. A decision is about what its subject is now: it
    follows an RT that another decision has moved.

    Attributes:
        on_file: what was read.
        applied: conflict_id → the decision in force, with the subject that it has now.
        as_decided: conflict_id → the conflict as it was decided on. Deciding over a place may
            change what is on the table, so it is not looked for again.
        unfit: conflict_id → why a decision with the right evidence cannot be applied.
        overturned: conflict_id → what sources say now, who no longer differ, where that is not what
            was decided; the meeting has to look at it again.
        silent: what was decided on and nobody says anything of any more.
    """

    on_file: Sequence[Decision] = ()
    applied: dict[str, Decision] = field(default_factory=dict)
    as_decided: dict[str, Conflict] = field(default_factory=dict)
    unfit: dict[str, str] = field(default_factory=dict)
    overturned: dict[str, Conflict] = field(default_factory=dict)
    silent: set[About] = field(default_factory=set)
    renamed: Renamed = field(default_factory=Renamed)

    def __post_init__(self) -> None:
        self._waiting = following.touched(self.on_file)
        self._read()

    def _read(self) -> None:
        """Read every decision as about what its subject is now."""
        self._readings = {d: self.renamed.readings(d) for d in self.on_file}
        self._subject = {d: subjects[0] for d, subjects in self._readings.items()}
        self._several = [d for d, subjects in self._readings.items() if len(subjects) > 1]
        self._index()

    def _index(self) -> None:
        self._by_about: dict[About, list[Decision]] = {}
        for decision in self.on_file:
            self._by_about.setdefault(self.about(decision), []).append(decision)

    def about(self, decision: Decision) -> About:
        """What a decision on file is about now."""
        return decision.kind, self._subject[decision], decision.parameter

    def now(self, decision: Decision) -> Decision:
        """A decision on file with the subject that it has now."""
        return replace(decision, subject=self._subject[decision])

    def asked(self, kind: str) -> list[tuple[str, str]]:
        """Subjects that decisions of a kind may be about, each with the parameter."""
        return [
            (subject, d.parameter)
            for d, subjects in self._readings.items() if d.kind == kind
            for subject in subjects
        ]  # fmt: skip

    def follow(self, disputes: Sequence[Conflict], ids: Ids, chosen: Chosen | None = None) -> None:
        """Take note of where things stand now that decisions on file are about.

        Args:
            disputes: the conflicts over identities that were found.
            ids: of RT as they stand.
            chosen: what is chosen; what is in force where None.
        """
        since = {
            name: decision.date
            for ident, decision in self.applied.items() if following.moves_ids(decision)
            for name in self.as_decided[ident].chosen("")
        }  # fmt: skip
        every = [*disputes, *self.as_decided.values()]
        adopted = following.adopted(self.on_file, ids, every)
        since = {**{d.subject: d.date for d in adopted}, **since}
        taken = following.with_adopted(chosen or self.chosen, adopted)
        self.renamed = following.renamed(taken, since, every, ids)
        self.unfit.clear()
        self._read()
        self._leave()

    def _leave(self) -> None:
        """Undo decisions of which the subject has moved since they were judged: it is done anew."""
        there = {(d.decision_id, s) for d in self._waiting for s in self._readings[d]}
        waiting = {d.decision_id for d in self._waiting}
        for ident, decision in list(self.applied.items()):
            name = decision.decision_id
            if name in waiting and (name, decision.subject) not in there:
                del self.applied[ident], self.as_decided[ident]

    def on(self, conflict: Conflict) -> list[Decision]:
        """The decisions on file about what a conflict is about."""
        return self._by_about.get((conflict.kind, conflict.subject, conflict.parameter), [])

    def asks(self, parameter: str) -> bool:
        """Whether any decision is about such a thing."""
        return any(d.parameter == parameter for d in self.on_file)

    def knows(self, about: About) -> bool:
        """Whether anything on file is about this."""
        return about in self._by_about

    def contradicts_itself(self, about: About) -> bool:
        """Whether decisions on one thing choose differently."""
        return len({d.choice for d in self._by_about.get(about, ())}) > 1

    def judge(self, conflicts: Iterable[Conflict], early: bool = False) -> bool:
        """Take note of the decisions that apply to these conflicts; whether there are new ones.

        ``early``: those are left out that are about what another decision may move.
        """
        asked = {(c.kind, c.subject, c.parameter): c for c in conflicts}
        self._tell_apart(asked)
        found = False
        for about, conflict in asked.items():
            known = self._by_about.get(about)
            if known is None or conflict.conflict_id in self.applied:
                continue
            standing = [d for d in known if self._fits(d, conflict)]
            if not standing or self.contradicts_itself(about):
                continue
            chosen = max(standing, key=lambda d: (d.date, d.minutes, d.decision_id))
            if not (early and chosen in self._waiting):
                found |= self._apply(self.now(chosen), conflict)
        return found

    def quiet(self, conflict: Conflict, keeps: Callable[[Decision], bool]) -> None:
        """Take note of a thing decided on of which sources no longer differ.

        A decision is of no more use where what stands is what it chose; where it is something else
        a delivery must not overturn it unseen.

        Args:
            conflict: the thing, with what sources say of it now; nothing where they are silent.
            keeps: whether what stands is what a decision chose.
        """
        about = (conflict.kind, conflict.subject, conflict.parameter)
        known = self.on(conflict)
        if conflict.conflict_id in self.applied or conflict.conflict_id in self.unfit:
            return
        if not known or self.contradicts_itself(about) or all(keeps(d) for d in known):
            return
        if conflict.candidates:
            self.overturned[conflict.conflict_id] = conflict
        else:
            self.silent.add(about)

    def _apply(self, decision: Decision, conflict: Conflict) -> bool:
        """Put a decision in force, unless it cannot be; identities by the ids as written."""
        if decision.parameter == "id_kawasan":
            there = {str(c.value) for c in conflict.candidates}
            if decision.value not in there:
                decision = replace(decision, value=self.renamed.forward(str(decision.value)))
        fault = _unfit(decision, conflict)
        if fault is not None:
            self.unfit[conflict.conflict_id] = fault
            return False
        decision = _as_now(decision, conflict)
        if decision.parameter in ("id_rt", "id_kawasan"):
            decision = replace(decision, value=self.renamed.written(str(decision.value)))
        self.applied[conflict.conflict_id] = decision
        self.as_decided[conflict.conflict_id] = conflict
        return True

    def _fits(self, decision: Decision, conflict: Conflict) -> bool:
        """Whether a decision was taken on what is on the table."""
        if decision.evidence == conflict.evidence:
            return True
        named = conflict.parameter == "id_kawasan"
        return named and decision.evidence == self.renamed.formerly(conflict)

    def _tell_apart(self, asked: Mapping[About, Conflict]) -> None:
        """Of decisions that may be about either of two RT: the one whose evidence it is."""
        if not self._several:
            return
        applied = {(d.decision_id, d.subject) for d in self.applied.values()}
        for decision in self._several:
            said = {s: asked.get((decision.kind, s, decision.parameter))
                    for s in self._readings[decision]}  # fmt: skip
            done = [s for s in said if (decision.decision_id, s) in applied]
            fits = [s for s, c in said.items() if c is not None and self._fits(decision, c)]
            there = [s for s, c in said.items() if c is not None]
            self._subject[decision] = [*done, *fits, *there, self._subject[decision]][0]
        self._index()

    def told(self, conflicts: Iterable[Conflict]) -> None:
        """What is known by now of conflicts that were decided on: how much hung on them."""
        self.as_decided.update({c.conflict_id: c for c in conflicts})

    def of_places(self) -> "Docket":
        """A docket of its own in which decisions over values are yet to be judged."""
        applied = {i: d for i, d in self.applied.items() if d.kind != "nilai"}
        decided = {i: self.as_decided[i] for i in applied}
        return Docket(self.on_file, applied, decided, renamed=self.renamed)

    def chosen(self, kind: str, parameter: str) -> dict[str, str]:
        """Subject → what is chosen (a source, or the identity meant), of decisions in force."""
        result: dict[str, str] = {}
        for ident, decision in self.applied.items():
            if (decision.kind, decision.parameter) == (kind, parameter):
                choice = str(decision.source_id or decision.value)
                result |= self.as_decided[ident].chosen(choice)
        if (kind, parameter) == ("identitas", "id_kawasan"):  # some are called after an RT
            result = {name: self.renamed.forward(choice) for name, choice in result.items()}
        return result

    def marked(self, conflicts: Iterable[Conflict]) -> list[Conflict]:
        """The conflicts with their status; those that were decided stand as they were then."""
        found = self.overturned | {c.conflict_id: c for c in conflicts} | self.as_decided
        return [self._marked(c) for c in found.values()]

    def _marked(self, conflict: Conflict) -> Conflict:
        decision = self.applied.get(conflict.conflict_id)
        if decision is not None:
            return replace(conflict, status=DECIDED, decision_id=decision.decision_id)
        about = (conflict.kind, conflict.subject, conflict.parameter)
        known = about in self._by_about and conflict.conflict_id not in self.unfit
        stale = known and not self.contradicts_itself(about)
        return replace(conflict, status=STALE if stale else OPEN)


def evidence_text(conflict: Conflict) -> str:
    """The candidates of a conflict as one sentence's part."""
    return in_words(conflict.kind, [c.record() for c in conflict.candidates])


def picked(decision: Decision, conflict: Conflict) -> list[Candidate]:
    """The candidates that a decision means; a value that was typed means none."""
    said = [candidate.record() for candidate in conflict.candidates]
    return [conflict.candidates[place] for place in meant_by(decision, said)]


def _as_now(decision: Decision, conflict: Conflict) -> Decision:
    """The decision with the record that it means by the row that it has now."""
    meant = picked(decision, conflict)[:1]
    if decision.kind == "identitas" and "#" in str(decision.value):
        return replace(decision, value=str(meant[0].value))
    if "#" in str(decision.source_id):
        return replace(decision, source_id=f"{meant[0].source_id}#{meant[0].source_row}")
    return decision


def _unfit(decision: Decision, conflict: Conflict) -> str | None:
    """Why a decision cannot be applied to its conflict, or None."""
    if decision.kind == "nilai" and decision.source_id is None:
        return None
    found = picked(decision, conflict)
    if not found:
        return f"pilihan itu tidak ada di antara calon: {evidence_text(conflict)}"
    several = decision.kind != "identitas" and len({c.fingerprint() for c in found}) > 1
    if several:
        rows = ", ".join(sorted(f"{c.source_id}#{c.source_row}" for c in found))
        return f"sumber itu punya beberapa catatan; pilih salah satu: {rows}"
    return None
