"""Pooling of findings by what their stimuli were: coordinates (``ale``) and effect sizes.

Everything here is computation on records and arrays; nothing opens a file. What needs the world
(an image, an atlas, a pool of processes) is handed in.
"""
