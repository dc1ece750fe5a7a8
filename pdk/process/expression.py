"""Masks as expressions of drawn layers: `WG`, `WG - SHALLOW`, `(N | NP | NPP) & SLAB90`.

`-`, `&` and `|` mean what they mean in gdsfactory's derived layers and in KLayout's regions, `^` is the symmetric
difference. Python's own precedence holds: `-` before `&` before `^` before `|`, so brackets pay.
"""

import ast
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar

from lingnan.pdk.errors import LingnanError, did_you_mean

T = TypeVar("T")

_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Sub: lambda a, b: a - b,
    ast.BitAnd: lambda a, b: a & b,
    ast.BitOr: lambda a, b: a | b,
    ast.BitXor: lambda a, b: a ^ b,
}


def _parse(text: str, where: str) -> ast.expr:
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        raise LingnanError(
            f"{where}: {text!r} is not a layer expression. Write layer names joined by - & | ^."
        ) from None
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.BinOp | ast.expr_context | ast.operator):
            if isinstance(node, ast.operator) and type(node) not in _OPERATORS:
                raise LingnanError(f"{where}: {text!r} uses an operator other than - & | ^.")
            continue
        raise LingnanError(f"{where}: {text!r} is not a layer expression. Write layer names joined by - & | ^.")
    return tree


@cache
def layers_of(text: str, where: str = "layer expression") -> tuple[str, ...]:
    """The drawn layers an expression is made of, in order of first use."""
    names = [node.id for node in ast.walk(_parse(text, where)) if isinstance(node, ast.Name)]
    return tuple(dict.fromkeys(names))


def evaluate(text: str, values: Mapping[str, T] | Callable[[str], T], where: str = "layer expression") -> T:
    """The expression over anything that has the operators: KLayout regions, gdsfactory layers, shapely polygons."""

    def visit(node: ast.expr) -> Any:
        if isinstance(node, ast.BinOp):
            return _OPERATORS[type(node.op)](visit(node.left), visit(node.right))
        assert isinstance(node, ast.Name)
        if callable(values):
            return values(node.id)
        if node.id not in values:
            raise LingnanError(f"{where}: unknown layer {node.id!r}. {did_you_mean(node.id, values)}")
        return values[node.id]

    return visit(_parse(text, where))
