"""Write ``kappa.json``: Cohen's kappa of made-up codings, as scikit-learn computes it.

Run by hand where scikit-learn is installed: ``python tests/reference/agreement/make_kappa.py``.
"""

import json
from pathlib import Path

import numpy as np
import sklearn
from sklearn.metrics import cohen_kappa_score

CATEGORIES = ("audio", "audiovisual", "visual", "not reported", "not extracted")
TABLES = {
    "balanced": [[20, 5], [10, 15]],
    "rare category": [[118, 5], [2, 0]],
    "more than chance by one category": [[45, 15], [25, 15]],
    "systematic disagreement": [[1, 19], [17, 3]],
    "three categories": [[44, 5, 1], [7, 20, 3], [9, 5, 6]],
}


def main() -> None:
    """Write every case with its answer."""
    cases = []
    for name, table in TABLES.items():
        pairs = [
            (CATEGORIES[i], CATEGORIES[j])
            for i, row in enumerate(table)
            for j, count in enumerate(row)
            for _ in range(count)
        ]
        cases.append(case(name, *map(list, zip(*pairs, strict=True))))
    draws = np.random.default_rng(4)
    for number in range(4):
        first = draws.choice(CATEGORIES, 40, p=[0.5, 0.3, 0.1, 0.05, 0.05])
        second = np.where(draws.random(40) < 0.7, first, draws.choice(CATEGORIES, 40))
        cases.append(case(f"drawn {number}", first.tolist(), second.tolist()))
    reference = {
        "source": "sklearn.metrics.cohen_kappa_score",
        "version": sklearn.__version__,
        "date": "2026-11-22",
        "script": "tests/reference/agreement/make_kappa.py",
        "cases": cases,
    }
    path = Path(__file__).with_name("kappa.json")
    path.write_text(json.dumps(reference, indent=1) + "\n", encoding="utf-8")


def case(name: str, first: list[str], second: list[str]) -> dict[str, object]:
    """Return two codings and their kappa."""
    kappa = float(cohen_kappa_score(first, second))
    return {"name": name, "first": first, "second": second, "kappa": kappa}


if __name__ == "__main__":
    main()
