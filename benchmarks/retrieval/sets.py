"""Public sets of documents, questions and judgements, read from a folder; none of them is part of the project."""

import json
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_SPLITS = ("test.tsv", "dev.tsv")
_WORDS = (60, 220)


@dataclass(frozen=True, slots=True)
class RetrievalSet:
    """A public set.

    Args:
        documents: Title and text by id.
        questions: By id; only those that have something relevant.
        relevant: Ids of the documents that answer a question, by its id.
    """

    name: str
    documents: Mapping[str, tuple[str, str]]
    questions: Mapping[str, str]
    relevant: Mapping[str, frozenset[str]]


def read(folder: Path) -> RetrievalSet | None:
    """Return the set of a folder, or None when there is none in a form that is known.

    Known are BEIR's (`corpus.jsonl`, `queries.jsonl`, `qrels.tsv` or `qrels/test.tsv`) and that of the
    Cranfield collection (`cran.all.1400`, `cran.qry`, `cranqrel`).
    """
    if (folder / "corpus.jsonl").is_file():
        return _beir(folder)
    if (folder / "cran.all.1400").is_file():
        return _cranfield(folder)
    return None


def distractors(of: RetrievalSet, many: int, seed: int = 1) -> Iterator[tuple[str, str]]:
    """Yield documents that answer nothing: words of a set, each as often as there, in no order.

    Real documents repeat their words more and differ more from each other.
    """
    chance = random.Random(seed)
    words = [word for title, text in of.documents.values() for word in f"{title} {text}".split()]
    for _ in range(many):
        chosen = chance.choices(words, k=chance.randint(*_WORDS))
        yield " ".join(chosen[:8]), " ".join(chosen[8:])


def _beir(folder: Path) -> RetrievalSet:
    documents = {
        one["_id"]: (str(one.get("title") or ""), str(one["text"]))
        for one in _lines(folder / "corpus.jsonl")
    }
    questions = {one["_id"]: str(one["text"]) for one in _lines(folder / "queries.jsonl")}
    places = (folder / "qrels.tsv", *(folder / "qrels" / name for name in _SPLITS))
    judged = next(one for one in places if one.is_file())
    relevant: defaultdict[str, set[str]] = defaultdict(set)
    for line in judged.read_text().splitlines()[1:]:
        question, document, score = line.split("\t")[:3]
        if float(score) > 0 and question in questions and document in documents:
            relevant[question].add(document)
    return _judged(folder.name, documents, questions, relevant)


def _lines(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def _cranfield(folder: Path) -> RetrievalSet:
    documents = {
        id: (" ".join(parts.get("T", ())), " ".join(parts.get("W", ())))
        for id, parts in _parts(folder / "cran.all.1400")
    }
    asked = enumerate(
        _parts(folder / "cran.qry"), start=1
    )  # judgements count them, whatever their ids
    questions = {str(number): " ".join(parts["W"]) for number, (_, parts) in asked}
    relevant: defaultdict[str, set[str]] = defaultdict(set)
    for line in (folder / "cranqrel").read_text().splitlines():
        question, document, code = line.split()[:3]
        if 1 <= int(code) <= 4 and document in documents:
            relevant[question].add(document)
    return _judged("Cranfield", documents, questions, relevant)


def _parts(file: Path) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """Yield the records of a file in SMART's format: `.I <id>`, then `.<letter>` before each part."""
    id, parts, letter = "", dict[str, list[str]](), ""
    for line in file.read_text(encoding="latin-1").splitlines():
        if line.startswith(".I "):
            if id:
                yield id, parts
            id, parts, letter = line[3:].strip().lstrip("0"), {}, ""
        elif len(line.strip()) == 2 and line.startswith("."):
            letter = line[1]
        else:
            parts.setdefault(letter, []).append(line.strip())
    yield id, parts


def _judged(
    name: str,
    documents: Mapping[str, tuple[str, str]],
    questions: Mapping[str, str],
    relevant: Mapping[str, set[str]],
) -> RetrievalSet:
    asked: Sequence[str] = [id for id in questions if relevant.get(id)]
    return RetrievalSet(
        name,
        {id: one for id, one in documents.items() if one[1]},
        {id: questions[id] for id in asked},
        {id: frozenset(relevant[id]) for id in asked},
    )
