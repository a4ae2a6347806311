"""The audit of single printed figures: parts of wholes, sums, scales and caps, with the likely cause of each difference."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from services.budget.rules.appraisal import percent
from services.budget.rules.printed import (
    Audit,
    Capped,
    Finding,
    Fit,
    LikelyCause,
    Part,
    Printed,
    PrintedVerdict,
    Scaled,
    Sum,
)
from services.budget.rules.printed_return import audit_returns
from shared.errors import Kind, reason
from shared.money import half_up, pounds

NOTHING_TO_AUDIT = reason(
    "printed_nothing", Kind.INVALID, "Appraise a project or a service, or give printed figures to audit."
)
FIGURE_NOT_POSITIVE = reason(
    "printed_figure_not_positive", Kind.INVALID, "A printed part, whole, base or rate is more than nothing."
)
_NEAR = Decimal("0.005")  # a figure printed with three digits is within half a per cent


def audit(printed: Printed) -> Audit:
    """Look at every printed figure, block by block."""
    findings: list[Finding] = []
    fits: tuple[Fit, ...] = ()
    for index, block in enumerate(printed.returns):
        found, shown = audit_returns(block, f"/printed/returns/{index}")
        findings += found
        fits += shown
    for index, part in enumerate(printed.parts):
        findings += _part(part, f"/printed/parts/{index}")
    findings += [_sum(each) for each in printed.sums]
    findings += [_scaled(each, f"/printed/scaled/{n}") for n, each in enumerate(printed.scaled)]
    findings += [_capped(each, f"/printed/capped/{n}") for n, each in enumerate(printed.capped)]
    return Audit(tuple(findings), fits)


def _part(part: Part, at: str) -> list[Finding]:
    """Where the whole is known, the part is recomputed; where not, the whole that it implies is said (S1-B19)."""
    if part.part_pence <= 0 or part.percent <= 0 or (part.whole_pence or 1) <= 0:
        raise FIGURE_NOT_POSITIVE(at)
    printed, found = Decimal(part.part_pence), []
    if part.whole_pence is None:
        implied = Decimal(half_up(printed * 100 / part.percent))
        said = f"{pounds(part.part_pence)} as {part.percent} % implies a whole of {pounds(int(implied))}."
        found.append(_of(part, "implied_whole", printed, implied, PrintedVerdict.CONSISTENT_WITH, None, said))
    else:
        exact = Decimal(half_up(part.whole_pence * part.percent / 100))
        agrees = abs(exact - printed) <= exact * _NEAR
        said = f"{part.percent} % of {pounds(part.whole_pence)} is {pounds(int(exact))}."
        verdict, cause = (
            (PrintedVerdict.AGREES, None) if agrees else (PrintedVerdict.DIFFERS, LikelyCause.PERCENT)
        )
        found.append(_of(part, "part", printed, exact, verdict, cause, said))
    if part.also_printed_pence not in (None, part.part_pence):
        other = Decimal(part.also_printed_pence or 0)
        near = abs(other - printed) <= printed / 100
        said = f"The same amount is printed as {pounds(part.part_pence)} and as {pounds(int(other))}."
        cause = LikelyCause.ROUNDING if near else None
        found.append(_of(part, "also_printed", other, printed, PrintedVerdict.DIFFERS, cause, said))
    if part.partners_named is not None and part.partners_named != part.partners_meant:
        named, meant = Decimal(part.partners_named), Decimal(part.partners_meant or 0)
        said = f"The sentence speaks of {part.partners_meant} partners and names {part.partners_named}."
        found.append(
            Finding(
                part.label,
                "partners",
                "count",
                named,
                meant,
                PrintedVerdict.DIFFERS,
                LikelyCause.MISSING,
                said,
            )
        )
    return found


def _of(
    part: Part,
    figure: str,
    printed: Decimal,
    recomputed: Decimal,
    verdict: PrintedVerdict,
    cause: LikelyCause | None,
    said: str,
) -> Finding:
    return Finding(part.label, figure, "pence", printed, recomputed, verdict, cause, said)


def _sum(given: Sum) -> Finding:
    """Parts beside their whole; the difference is said with its sign (S2-B13)."""
    parts, whole = sum(given.parts_pence), given.whole_pence
    agrees = parts == whole
    said = f"The parts come to {pounds(parts)}, which is {pounds(whole - parts)} short of {pounds(whole)}."
    if agrees:
        said = f"The parts come to {pounds(parts)}."
    verdict = PrintedVerdict.AGREES if agrees else PrintedVerdict.DIFFERS
    return Finding(given.label, "sum", "pence", Decimal(whole), Decimal(parts), verdict, None, said)


def _scaled(given: Scaled, at: str) -> Finding:
    """A figure that is about a thousand times, or a thousandth of, the same figure elsewhere (S2-B16)."""
    if given.printed_pence <= 0 or given.reference_pence <= 0:
        raise FIGURE_NOT_POSITIVE(at)
    printed, reference = given.printed_pence, Decimal(given.reference_pence)
    for factor, what in ((Decimal(1), ""), (Decimal(1000), "less"), (Decimal(1) / 1000, "more")):
        if abs(printed * factor - reference) <= reference * _NEAR:
            agrees = factor == 1
            said = f"Elsewhere it is {pounds(given.reference_pence)}."
            if not agrees:
                said += f" The printed figure is a thousand times {what}: its unit is wrong."
            verdict, cause = (
                (PrintedVerdict.AGREES, None) if agrees else (PrintedVerdict.CANNOT_BE, LikelyCause.UNIT)
            )
            rescaled = (printed * factor).quantize(Decimal(1), ROUND_HALF_UP)
            return Finding(given.label, "scale", "pence", printed, rescaled, verdict, cause, said)
    said = f"Elsewhere it is {pounds(given.reference_pence)}; no factor of a thousand explains it."
    return Finding(given.label, "scale", "pence", printed, reference, PrintedVerdict.DIFFERS, None, said)


def _capped(given: Capped, at: str) -> Finding:
    """An amount beside the highest rate of its own paper (S2-B13: £100k is 6.1 % of a base capped at 5 %)."""
    if given.base_pence <= 0 or given.most_percent <= 0:
        raise FIGURE_NOT_POSITIVE(at)
    most = Decimal(half_up(given.base_pence * given.most_percent / 100))
    within = given.amount_pence <= most
    said = (
        f"{pounds(given.amount_pence)} is {percent(given.amount_pence, given.base_pence)} % of"
        f" {pounds(given.base_pence)}; at {given.most_percent} % the most is {pounds(int(most))}."
    )
    verdict, cause = (
        (PrintedVerdict.AGREES, None) if within else (PrintedVerdict.CANNOT_BE, LikelyCause.RANGE)
    )
    return Finding(given.label, "most", "pence", Decimal(given.amount_pence), most, verdict, cause, said)
