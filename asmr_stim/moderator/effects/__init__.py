"""Effect sizes and moderators: from reported statistics to what may be concluded.

- ``conversion``, ``recovery``, ``converted``: what papers report becomes an effect with its
  history; ``between``, ``within``: the formulas;
- ``estimates``: effects side by side; ``design``: moderators as columns;
- ``regression``, ``heterogeneity``, ``prediction``, ``subgroups``: pooling and meta-regression;
- ``multilevel``, ``robust``, ``aggregation``, ``correlated_effects``: several effects of the same
  people;
- ``permutation`` (``allocations``, ``many_fits``): exact tests for few studies;
- ``bayes``: posteriors by quadrature;
- ``influence``, ``asymmetry``, ``selection``, ``missing_studies``: what the result rests on;
- ``audit``, ``claims``, ``power``: what may be asked and said at all;
- ``multiverse``: every defensible analysis;
- ``direction``: which way effects go where nothing else is known.
"""
