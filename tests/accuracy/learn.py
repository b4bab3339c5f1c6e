"""Learn the weights of extract/dump/roles.py from the corpus: `python -m tests.accuracy.learn`.

Writes, beside that module, weights.tsv, learned from every publisher, and reliability.tsv, how
often a field was right that was so sure, of publishers not learned from; and prints what dumps of
such publishers give.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from scipy import sparse

from feedsvc.errors import EmptyDocument
from feedsvc.ingest.decode import decode
from feedsvc.ingest.extract.dump import article as dump
from feedsvc.ingest.extract.dump import roles
from feedsvc.ingest.extract.dump.lines import Line
from feedsvc.ingest.extract.dump.parts import FIRST_PARTS, LAST_PARTS, STATES, may_follow, name_of
from feedsvc.ingest.extract.dump.reliability import Reliability
from feedsvc.ingest.readers.text import read_text
from tests.accuracy import prior
from tests.accuracy.chain import Chain, Sequences, Weights
from tests.accuracy.corpus import (
    DUMP_STYLES,
    Document,
    Prediction,
    corpus_folder,
    read_truths,
    scorer,
)
from tests.accuracy.labels import Allowed, Truth, allowed_states, without_byline
from tests.accuracy.reliability import FIELDS, fields_given
from tests.accuracy.split import fold_of, is_kept_aside
from tests.accuracy.tables import print_overview

FOLDS = 5
# Chosen by cross-validation among the development publishers; see README.md.
_PRIOR_SCALE = 0.3
_STRENGTH = 1_000.0
_ITERATIONS = 30
# Dumps of the same page say nearly the same: `full` adds nothing but time to the others.
_LEARNED_STYLES = ("light", "wet", "lynx")
_POOLS = 20  # of like sureness, whose share of right ones is told
_MIN_LINES = 5  # a feature of fewer lines is not learned

_CHAIN = Chain(
    first=np.array([part in FIRST_PARTS for part, _ in STATES]),
    last=np.array([part in LAST_PARTS for part, _ in STATES]),
    follows=np.array([[may_follow(a, b) for b in STATES] for a in STATES]),
)
_EXTRACT = Path(roles.__file__).parent


@dataclass(frozen=True, kw_only=True)
class Dump:
    """A dump, its truth, its lines with their features, and the states that each may be given."""

    truth: Truth
    lines: list[Line]
    allowed: Allowed

    @property
    def group(self) -> str:
        group: str = self.truth["group"] or self.truth["id"]
        return group


def read_dumps() -> list[Dump]:
    return [made for truth in read_truths(DUMP_STYLES) for made in _dumps_of(truth)]


def _dumps_of(truth: Truth) -> Iterator[Dump]:
    raw = (corpus_folder() / truth["file"]).read_bytes()
    document = read_text(decode(raw).text)
    yield _dump(truth, document.lines)
    if truth["authors"] and truth["style"] in ("light", "wet"):
        made = without_byline(truth, document.lines)
        if made:
            yield _dump(*made)


def _dump(truth: Truth, physical: tuple[str, ...]) -> Dump:
    lines = dump.read_lines(physical)
    return Dump(truth=truth, lines=lines, allowed=allowed_states(truth, lines))


def learn(dumps: Sequence[Dump]) -> str:
    """The text of weights.tsv, learned from these dumps."""
    told = [
        one
        for one in dumps
        if one.lines
        and one.truth["style"] in _LEARNED_STYLES
        and (one.truth["title"] or one.truth["body"])
    ]
    counted = Counter(
        feature for one in told for line in one.lines for feature in set(line.features)
    )
    features = [name for name in prior.WEIGHTS if counted[name] >= _MIN_LINES]
    near = _prior_weights(features)
    # What the truth leaves open is settled by the weights that are there before.
    before = roles.RoleModel(_table(near, features))
    settled = [replace(one, allowed=_settled(before, one)) for one in told]
    return _table(_CHAIN.fit(_sequences(settled, features), near, _STRENGTH, _ITERATIONS), features)


def _settled(model: roles.RoleModel, one: Dump) -> Allowed:
    """Of the states that are allowed, those of the best path."""
    scores = model.scores([line.features for line in one.lines])
    for at, allowed in enumerate(one.allowed):
        forbidden = [s for s in range(len(STATES)) if s not in allowed]
        scores[at, forbidden] -= 10_000_000
    return [{state} for state in model.best_path(scores)]


def _prior_weights(features: list[str]) -> Weights:
    seen = np.zeros((len(roles.SEEN_FROM), len(features), len(STATES)))
    seen[0] = [[prior.WEIGHTS[f].get(role, 0) for _, role in STATES] for f in features]
    steps = [
        [
            prior.PASSAGES[a[0], b[0]] + prior.STEPS.get((a[1], b[1]), 0) if may_follow(a, b) else 0
            for b in STATES
        ]
        for a in STATES
    ]
    return Weights(
        features=_PRIOR_SCALE * seen.reshape(-1, len(STATES)),
        start=_PRIOR_SCALE * np.array([prior.BIASES[state] for state in STATES], dtype=float),
        steps=_PRIOR_SCALE * np.array(steps, dtype=float),
        first=_PRIOR_SCALE * np.array([prior.FIRST.get(p, 0) for p, _ in STATES], dtype=float),
    )


def _sequences(dumps: list[Dump], features: list[str]) -> Sequences:
    column_of = {name: column for column, name in enumerate(features)}
    rows: list[int] = []
    columns: list[int] = []
    start = 0
    for one in dumps:
        own = [[column_of[f] for f in line.features if f in column_of] for line in one.lines]
        for block, above in enumerate((0, 1, -1)):
            # The weights of "above" are those of a feature that the line above has.
            for at in range(len(own)):
                if 0 <= at - above < len(own):
                    rows += [start + at] * len(own[at - above])
                    columns += [block * len(features) + c for c in own[at - above]]
        start += len(own)
    allowed = np.zeros((start, len(STATES)), dtype=bool)
    for row, states in enumerate(states for one in dumps for states in one.allowed):
        allowed[row, list(states)] = True
    lengths = [len(one.lines) for one in dumps]
    return Sequences(
        features=sparse.csr_matrix(
            (np.ones(len(rows)), (rows, columns)),
            shape=(start, len(roles.SEEN_FROM) * len(features)),
        ),
        allowed=allowed,
        lengths=lengths,
        # A long page counts more than a short one, but not in proportion.
        weights=np.sqrt(100 / np.array(lengths)),
    )


def _table(weights: Weights, features: list[str]) -> str:
    """weights.tsv: whole hundredths, a row a feature and place that it is seen from."""
    head = ["kind", "of", *map(name_of, STATES)]
    rows = [("start", "", weights.start), ("first", "", weights.first)]
    rows += [
        ("step", name_of(state), row) for state, row in zip(STATES, weights.steps, strict=True)
    ]
    by_place = weights.features.reshape(len(roles.SEEN_FROM), len(features), len(STATES))
    for place, block in zip(roles.SEEN_FROM, by_place, strict=True):
        rows += [(place, name, row) for name, row in zip(features, block, strict=True)]
    lines = [
        "# What each feature of a line, of the one above it and of the one below it says for each",
        "# state, and what each step costs, in hundredths of a logarithm (see roles.py).",
        "# Learned: python -m tests.accuracy.learn",
        "\t".join(head),
    ]
    for kind, name, row in rows:
        cells = [str(cell) if cell else "" for cell in np.rint(row * roles.SCALE).astype(int)]
        lines.append("\t".join([kind, name, *cells]).rstrip("\t"))
    return "\n".join(lines) + "\n"


def cross_validated(dumps: Sequence[Dump], folds: int, reliability: Reliability) -> list[Document]:
    """What each dump gives by weights learned from the publishers of the other folds."""
    found = []
    for fold in range(folds):
        model = roles.RoleModel(learn([d for d in dumps if fold_of(d.group, folds) != fold]))
        found += [document(model, d, reliability) for d in dumps if fold_of(d.group, folds) == fold]
    return found


def document(model: roles.RoleModel, one: Dump, reliability: Reliability) -> Document:
    """What a dump gives by these weights, scored."""
    try:
        told = dump.compose(model.label(one.lines), reliability)
    except EmptyDocument as error:
        prediction = Prediction(error=str(error))
    else:
        prediction = Prediction(
            title=told.title,
            authors=tuple(person.name for person in told.authors),
            published=told.published.isoformat() if told.published else None,
            language=told.language,
            text="\n\n".join(block.text for block in told.blocks),
            evidence=tuple(asdict(evidence) for evidence in told.evidence),
        )
    return Document(
        id=one.truth["id"],
        style=one.truth["style"],
        group=one.group,
        truth=one.truth,
        prediction=prediction,
        scores=scorer().score_doc(one.truth, prediction.for_scorer()),
    )


def reliability_table(documents: Sequence[Document]) -> str:
    """reliability.tsv: for each field, how often it was right that was so sure."""
    given = fields_given(documents)
    lines = [
        "# How sure the weights are of a field, and how often it is right then, of publishers",
        "# that were not learned from. Learned: python -m tests.accuracy.learn",
    ]
    for name in FIELDS:
        if name != "language":  # which is as sure as its own model says
            seen = sorted((one.confidence, float(one.right)) for one in given if one.field == name)
            lines += [f"{name}\t{sure:.3f}\t{right:.3f}" for sure, right in _rising(seen)]
    return "\n".join(lines) + "\n"


def _rising(seen: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Isotonic regression: neighbours are pooled until each pool is right more often."""
    pools: list[tuple[float, float, int]] = []
    for part in np.array_split(np.array(seen), min(_POOLS, len(seen))):
        pools.append((float(part[:, 0].sum()), float(part[:, 1].sum()), len(part)))
        while len(pools) > 1 and pools[-2][1] / pools[-2][2] >= pools[-1][1] / pools[-1][2]:
            sure, right, n = map(sum, zip(*pools[-2:], strict=True))
            pools[-2:] = [(sure, right, n)]
    return [(sure / n, right / n) for sure, right, n in pools]


def main() -> None:
    """Measure what is learned on publishers that were not learned from; then learn from all."""
    options = argparse.ArgumentParser(description=main.__doc__)
    options.add_argument("--dry-run", action="store_true", help="measure, and write nothing")
    chosen = options.parse_args()
    dumps = read_dumps()
    plain = Reliability("")
    print(f"== {FOLDS}-fold cross-validation by publisher, over all publishers")
    found = cross_validated(dumps, FOLDS, plain)
    _print_figures(found)
    print("== learned from the development publishers, measured on those kept aside")
    model = roles.RoleModel(learn([d for d in dumps if not is_kept_aside(d.group)]))
    _print_figures([document(model, d, plain) for d in dumps if is_kept_aside(d.group)])
    if not chosen.dry_run:
        (_EXTRACT / "reliability.tsv").write_text(reliability_table(found), encoding="utf-8")
        (_EXTRACT / "weights.tsv").write_text(learn(dumps), encoding="utf-8")


def _print_figures(documents: Sequence[Document]) -> None:
    print_overview([one for one in documents if not one.truth["authors_none"]])
    nameless = [one.scores["author_none_ok"] for one in documents if one.truth["authors_none"]]
    invented = 100 * (1 - sum(nameless) / len(nameless))
    print(f"an author invented in {invented:.1f} % of {len(nameless)} without byline\n", flush=True)


if __name__ == "__main__":
    main()
