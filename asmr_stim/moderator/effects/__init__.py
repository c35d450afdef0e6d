"""Effect sizes and moderators: from reported statistics to what may be concluded.

- ``conversion``, ``recovery``: what papers report becomes an effect with its history;
  ``between``, ``within``: the formulas;
- ``estimates``: effects side by side; ``design``: moderators as columns;
- ``regression``, ``heterogeneity``, ``prediction``, ``subgroups``: pooling and meta-regression;
- ``multilevel``, ``robust``, ``aggregation``: several effects of the same people;
- ``permutation`` (``allocations``, ``many_fits``): exact tests for few studies;
- ``bayes``: posteriors by quadrature;
- ``influence``, ``asymmetry``: what the result rests on;
- ``direction``: which way effects go where nothing else is known.
"""
