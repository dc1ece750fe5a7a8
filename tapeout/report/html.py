"""The little HTML that a report needs: every word escaped, every picture inside the page."""

import base64
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path


def text(value: object) -> str:
    """A value as a word on the page; numbers with as many digits as they need."""
    return escape(f"{value:.6g}" if isinstance(value, float) else str(value))


def tag(name: str, content: str, **attributes: str) -> str:
    """`<name …>content</name>`; the content is HTML already. `class_` stands for class."""
    words = "".join(f' {key.rstrip("_")}="{escape(value)}"' for key, value in attributes.items())
    return f"<{name}{words}>{content}</{name}>"


def table(head: Sequence[str], rows: Iterable[Sequence[object]], numbers: Iterable[int] = ()) -> str:
    """A table; cells that are `Markup` go in as they are, columns in `numbers` line up on the right."""
    right = set(numbers)

    def cell(kind: str, column: int, value: object) -> str:
        inner = value if isinstance(value, Markup) else text(value)
        return f'<{kind} class="n">{inner}</{kind}>' if column in right else f"<{kind}>{inner}</{kind}>"

    lines = ["".join(cell("th", column, word) for column, word in enumerate(head))]
    lines += ["".join(cell("td", column, value) for column, value in enumerate(row)) for row in rows]
    body = "\n".join(f"<tr>{line}</tr>" for line in lines[1:])
    return f'<div class="wide"><table>\n<thead><tr>{lines[0]}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>'


class Markup(str):
    """HTML that is meant as such."""

    __slots__ = ()


def figure(path: Path, caption: str) -> str:
    """A PNG, carried inside the page."""
    data = base64.b64encode(path.read_bytes()).decode()
    image = f'<img src="data:image/png;base64,{data}" alt="{escape(caption)}">'
    return tag("figure", image + tag("figcaption", text(caption)))


def details(summary: str, content: str, *, shown: bool = False) -> str:
    """A part that opens on a click."""
    return f"<details{' open' if shown else ''}><summary>{text(summary)}</summary>\n{content}\n</details>"


def section(title: str, *parts: str) -> str:
    """A titled part of the page."""
    anchor = "".join(letter if letter.isalnum() else "-" for letter in title.casefold())
    return (
        f'<section id="{anchor}">\n<h2>{text(title)}</h2>\n'
        + "\n".join(part for part in parts if part)
        + "\n</section>"
    )


def page(title: str, style: str, body: Iterable[str]) -> str:
    """The whole document; it asks nothing from anywhere."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{text(title)}</title>\n<style>\n{style}\n</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(body)
        + "\n</main>\n</body>\n</html>\n"
    )
