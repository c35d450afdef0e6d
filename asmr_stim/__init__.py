"""asmr_stim: stimulus standardisation and trigger annotation for ASMR research."""

__version__ = "0.1.0"
