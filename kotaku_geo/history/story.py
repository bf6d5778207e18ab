"""A story: why a value or a boundary is what it is, as sentences in no language yet."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from kotaku_geo.history.phrases import Sentence, catalogue

CATALOGUE = "explain"


@dataclass(frozen=True)
class Paragraph:
    """Sentences on one aspect; ``about`` is a heading of the catalogue (kandidat, aturan, …)."""

    about: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True)
class Story:
    """All there is to say about one thing, or about one parameter of it.

    Attributes:
        id: what it is about.
        kind: rt, kawasan, kelurahan, sk or identitas.
        parameter: ``1a`` … ``7b``, ``penyebut.…``, ``batas.…``; None for the thing as a whole.
        paragraphs: in reading order.
    """

    id: str
    kind: str
    parameter: str | None
    paragraphs: tuple[Paragraph, ...]

    def text(self, lang: str = "id") -> str:
        """The story for people: a heading and indented sentences for each paragraph."""
        texts = catalogue(CATALOGUE)
        lines = []
        for paragraph in self.paragraphs:
            lines.append(texts.text(f"about.{paragraph.about}", {}, lang))
            lines += [f"  {texts.sentence(said, lang)}" for said in paragraph.sentences]
        return "\n".join(lines)

    def as_json(self, lang: str = "id") -> dict[str, Any]:
        """The story for a machine: each sentence with key, params and text."""
        texts = catalogue(CATALOGUE)
        return {
            "id": self.id,
            "kind": self.kind,
            "parameter": self.parameter,
            "paragraphs": [
                {
                    "about": p.about,
                    "sentences": [
                        {**said.as_json(), "text": texts.sentence(said, lang)}
                        for said in p.sentences
                    ],
                }
                for p in self.paragraphs
            ],
        }


def paragraphs(*parts: tuple[str, Iterable[Sentence]]) -> tuple[Paragraph, ...]:
    """Paragraphs of those parts that have anything to say."""
    made = (Paragraph(about, tuple(said)) for about, said in parts)
    return tuple(p for p in made if p.sentences)


def say(key: str, **params: Any) -> Sentence:
    """A sentence of the catalogue."""
    return Sentence(key, params)
