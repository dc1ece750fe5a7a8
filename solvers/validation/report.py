"""The report of a validation: a table for the terminal, Markdown and HTML with a figure for each case."""

import html
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from rich.table import Table

from lingnan.solvers.validation.case import Found, Outcome, Row

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HEADINGS = ("case", "quantity", "lingnan", "reference", "error", "tolerance", "")


def verdict(outcome: Outcome) -> str:
    """In one word."""
    if outcome.skipped:
        return "skipped"
    return "inside" if outcome.passed else "OUTSIDE"


def summary(outcomes: Sequence[Outcome]) -> str:
    """In one line."""
    count = {word: sum(verdict(o) == word for o in outcomes) for word in ("inside", "OUTSIDE", "skipped")}
    numbers = sum(len(o.found.rows) for o in outcomes if o.found)
    return (
        f"{len(outcomes)} cases, {numbers} numbers: {count['inside']} cases inside their tolerances, "
        f"{count['OUTSIDE']} outside, {count['skipped']} not run; {sum(o.seconds for o in outcomes):.0f} s."
    )


def draw(outcome: Outcome, folder: Path) -> None:
    """The figure of a case."""
    folder.mkdir(parents=True, exist_ok=True)
    if outcome.found is not None:
        _figure(outcome.found, outcome, folder / _picture(outcome))


def write(outcomes: Sequence[Outcome], folder: Path) -> None:
    """`index.html` and `validation.md`, beside the figures."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "validation.md").write_text(markdown(outcomes), encoding="utf-8")
    (folder / "index.html").write_text(page(outcomes), encoding="utf-8")


def terminal(outcomes: Sequence[Outcome]) -> Table:
    """For `rich`."""
    table = Table(*HEADINGS, title="lingnan against published and independent numbers", title_justify="left")
    for outcome, cells in _lines(outcomes):
        table.add_row(*cells, style=None if outcome.passed or outcome.skipped else "bold red")
    return table


def markdown(outcomes: Sequence[Outcome]) -> str:
    """The table with its sources."""
    head = f"| {' | '.join(HEADINGS)} |\n|{'---|' * len(HEADINGS)}\n"
    body = "".join(f"| {' | '.join(c.replace('|', chr(92) + '|') for c in cells)} |\n" for _, cells in _lines(outcomes))
    notes = "".join(
        f"- **{o.case.name}**: {o.case.source}. Tolerance: {o.case.because}. ![]({_picture(o)})\n" for o in outcomes
    )
    return f"# Validation\n\n{summary(outcomes)}\n\n{head}{body}\n## Sources\n\n{notes}"


def page(outcomes: Sequence[Outcome]) -> str:
    """The same as a page with figures."""
    table = "".join(
        f"<tr class={verdict(o).lower()}>{''.join(f'<td>{html.escape(c)}</td>' for c in cells)}</tr>\n"
        for o, cells in _lines(outcomes)
    )
    cases = "".join(_section(o) for o in outcomes)
    head = "".join(f"<th>{h}</th>" for h in HEADINGS)
    return (
        f"<!doctype html><meta charset=utf-8><title>lingnan: validation</title><style>{_STYLE}</style>\n"
        f"<h1>Validation</h1><p>{html.escape(summary(outcomes))}</p>\n"
        f"<table><tr>{head}</tr>\n{table}</table>\n{cases}"
    )


def _section(outcome: Outcome) -> str:
    case = outcome.case
    notes = [f"Source: {case.source}.", f"Tolerance: {case.because}.", f"{outcome.seconds:.1f} s.", *outcome.said]
    body = "".join(f"<p>{html.escape(n)}</p>" for n in notes if n)
    if outcome.found is None:
        body += f"<p><b>{html.escape(outcome.failure or outcome.skipped)}</b></p>"
    else:
        body += f"<img src={_picture(outcome)} alt='{html.escape(case.name)}'>"
    return f"<h2 class={verdict(outcome).lower()}>{html.escape(case.group)}: {html.escape(case.name)}</h2>{body}\n"


def _lines(outcomes: Sequence[Outcome]) -> Iterator[tuple[Outcome, tuple[str, ...]]]:
    for outcome in outcomes:
        if outcome.found is None:
            why = outcome.failure or outcome.skipped
            yield outcome, (outcome.case.name, why, "", "", "", "", verdict(outcome))
            continue
        for k, row in enumerate(outcome.found.rows):
            yield outcome, (outcome.case.name if k == 0 else "", *_cells(row))


def _cells(row: Row) -> tuple[str, ...]:
    quantity = f"{row.quantity} [{row.unit}]" if row.unit else row.quantity
    # one digit more than the tolerance can tell
    digits = int(np.clip(1 - np.floor(np.log10(max(row.tolerance, 1e-15))), 0, 12))
    value, reference = (
        f"{v:.{digits}f}" if 1e-3 <= abs(row.reference) < 1e5 else f"{v:.5e}" for v in (row.value, row.reference)
    )
    word = "inside" if row.inside else "OUTSIDE"
    return quantity, value, reference, f"{row.error:+.1e}", f"{row.tolerance:.1e}", word


def _picture(outcome: Outcome) -> str:
    return "".join(c if c.isalnum() else "-" for c in outcome.case.name.lower()) + ".png"


def _figure(found: Found, outcome: Outcome, path: Path) -> None:
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with mpl.rc_context({"font.size": 9}):
        figure = Figure(figsize=(5.6, 3.6), layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.subplots()
        if found.draw is None:
            _errors(axes, found.rows)
        else:
            found.draw(axes)
        figure.suptitle(f"{outcome.case.name}: {verdict(outcome)}", fontsize=10)
        figure.savefig(path, dpi=110)


def _errors(axes: "Axes", numbers: Sequence[Row]) -> None:
    """Errors in units of their tolerances."""
    share = [row.error / row.tolerance for row in numbers]
    place = np.arange(len(numbers))
    axes.axvspan(-1, 1, color="0.92")
    axes.axvline(0, color="0.6", linewidth=0.8)
    axes.plot(share, place, "o", color="tab:blue")
    axes.set_yticks(place, [row.quantity for row in numbers])
    axes.set_ylim(len(numbers) - 0.5, -0.5)
    axes.set_xlim(-max(1.3, *(1.1 * abs(s) for s in share)), max(1.3, *(1.1 * abs(s) for s in share)))
    axes.set_xlabel("error / tolerance")


_STYLE = (
    "body{font:15px/1.4 sans-serif;max-width:60em;margin:2em auto;padding:0 1em}"
    "table{border-collapse:collapse}td,th{padding:.15em .7em;text-align:left;border-bottom:1px solid #ddd}"
    "td{font-variant-numeric:tabular-nums}.outside{color:#b00}.skipped{color:#888}img{max-width:100%}"
)
