"""Effects of a catalogue as tables: what each outcome's statistics amount to, and what pools."""

from asmr_stim.io.tables import Column
from asmr_stim.moderator.effects.magnitudes import Magnitudes
from asmr_stim.report.tables import ReportTable


def magnitudes_table(found: Magnitudes) -> ReportTable:
    """Return one row for each outcome (and band) that gives statistics."""
    rows = tuple(
        (
            m.study, m.contrast, m.contrast_type or "not known", m.measure, m.band or "n/a",
            m.effect.measure if m.effect else None, m.effect.estimate if m.effect else None,
            m.effect.variance**0.5 if m.effect and m.effect.variance is not None else None,
            m.effect.low if m.effect else None, m.effect.high if m.effect else None,
            m.effect.grade if m.effect else None, m.effect.route if m.effect else None,
            m.effect.sign_source if m.effect else None, m.reason,
        )
        for m in found.found
    )  # fmt: skip
    columns = (
        Column("study", "id of the study"),
        Column("contrast", "id of the contrast within the study"),
        Column("contrast_type", "what was compared with what"),
        Column("outcome", "what was measured"),
        Column("band", "EEG band by name, else the outcome in the source's words"),
        Column("measure", "effect size measure, named as in R's metafor"),
        Column("estimate", "effect; empty for a bound"),
        Column("se", "standard error"),
        Column("low", "lower limit of a bound"),
        Column("high", "upper limit of a bound"),
        Column("grade", "exact, converted, bound or digitised"),
        Column("route", "which statistic the effect was had from"),
        Column("sign_source", "where the sign comes from"),
        Column("missing", "why there is no effect"),
    )
    note = (
        f"The catalogue has {found.n_outcomes} outcomes; those with any statistic are listed, by "
        "band. Nothing is guessed: where a size, a design or people are missing, it says so."
    )
    return ReportTable("effects", note, columns, rows)


def pooled_table(found: Magnitudes) -> ReportTable:
    """Return one row for each measure, band, contrast type and metric that has an effect."""
    rows = tuple(
        (
            p.measure, p.band or "n/a", p.contrast_type, p.metric, p.k, p.n_samples,
            p.model.coefficients[0].estimate if p.model else None,
            p.model.coefficients[0].ci_low if p.model else None,
            p.model.coefficients[0].ci_high if p.model else None,
            p.model.tau2 if p.model else None, p.reason,
        )
        for p in found.pooled
    )  # fmt: skip
    columns = (
        Column("outcome", "what was measured"),
        Column("band", "EEG band by name, else the outcome in the source's words"),
        Column("contrast_type", "what was compared with what"),
        Column("metric", "what the effect is expressed in"),
        Column("k", "effects and bounds"),
        Column("n_samples", "independent samples with an effect"),
        Column("mean", "random-effects mean (REML)"),
        Column("ci_low", "lower 95 % limit (Knapp-Hartung)"),
        Column("ci_high", "upper 95 % limit (Knapp-Hartung)"),
        Column("tau2", "variance of true effects"),
        Column("not_estimable", "why there is no mean"),
    )
    note = (
        "Contrast types, bands and metrics are never pooled together; one sample has one effect, "
        "and one sample is not pooled."
    )
    return ReportTable("effects_pooled", note, columns, rows)
