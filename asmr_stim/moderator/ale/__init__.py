"""Activation likelihood estimation: where the foci of many experiments converge.

``estimation.estimate(foci, mask, settings)`` does the whole analysis on records and arrays:

- ``spaces``: Talairach to MNI, only when asked for;
- ``dependence``: experiments on the same people become one;
- ``grid``: millimetres to voxels, and what happens outside the mask;
- ``kernel``: the Gaussian of one focus, from the number of people (Eickhoff 2012);
- ``activation``: the modelled activation of each experiment, as whole numbers of loss;
- ``null``: the null distribution of the ALE value by convolution of histograms;
- ``clusters``: what lies above the threshold, and which experiments carry it;
- ``labels``: what an atlas calls the place of a peak;
- ``adequacy``: whether there are experiments enough to say anything;
- ``result``: the settings and the answers.

What may follow takes its result:

- ``familywise.correct``: correction for the number of places looked at, by random arrangements
  of the foci (``arrangement`` computes one, with the tables of ``blocks`` and the vectors of
  ``lanes``);
- ``contrast.contrast``: two groups against each other (``coverage`` turns the activation maps
  round, ``labelling`` counts labellings);
- ``leave_one_out``, ``fail_safe``, ``power``: what the result hangs on, and what it could have
  found.

Conventions. MA is the modelled activation of one experiment at one voxel, the largest kernel value
over its foci. Its loss is -log(1 - MA), kept as a whole number of units (``loss``); ALE is
1 - exp(-sum of losses). Whole numbers add up to the same bits in any order.
"""
