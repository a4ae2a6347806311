"""Sums over the figures of a return, as validation rules write them: a closed grammar, read once, with limits.

    sum     := product (("+" | "-") product)*
    product := factor (("*" | "/") factor)*
    factor  := number | figure | "(" sum ")" | "-" factor
    figure  := "#{" code [":" ("numerator" | "denominator" | "previous")] "}"

A figure that is not known makes the whole unknown, and so does a division by 0; neither is ever taken for 0.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from enum import StrEnum

from shared.errors import Kind, reason

LONGEST, DEEPEST, MOST_PARTS = 500, 20, 100
_DIGITS = 60

EXPRESSION_UNREADABLE = reason(
    "expression_unreadable",
    Kind.INVALID,
    "Write a sum over figures such as #{admissions} + #{transfers:numerator} / 2, with + - * / and brackets only.",
)
EXPRESSION_TOO_LARGE = reason(
    "expression_too_large",
    Kind.INVALID,
    "An expression has at most 500 characters, 100 parts, and brackets 20 deep. Split the rule in two.",
)


class Facet(StrEnum):
    """What of a figure is meant."""

    VALUE = "value"
    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"
    PREVIOUS = "previous"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure by the code of its indicator."""

    code: str
    facet: Facet


@dataclass(frozen=True, slots=True)
class Operation:
    """Two expressions with `+`, `-`, `*` or `/` between them."""

    sign: str
    left: Expression
    right: Expression


Expression = Decimal | Figure | Operation
_TOKEN = re.compile(
    r"\s*(?:(\d{1,14}(?:\.\d{1,6})?)|#\{([^{}:]{1,80})(?::(numerator|denominator|previous))?\}|([-+*/()]))",
    re.ASCII,
)


def read_expression(text: str, pointer: str) -> Expression:
    """The expression that a text writes, or a refusal that says where it stops making sense."""
    if len(text) > LONGEST:
        raise EXPRESSION_TOO_LARGE(pointer, characters=len(text))
    tokens, at = [], 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            raise EXPRESSION_UNREADABLE(pointer, at=at)
        tokens.append(match)
        at = match.end()
    if len(tokens) > MOST_PARTS:
        raise EXPRESSION_TOO_LARGE(pointer, parts=len(tokens))
    reader = _Reader(tokens, pointer)
    found = reader.sum(0)
    reader.end()
    return found


class _Reader:
    """Goes through the tokens from left to right."""

    def __init__(self, tokens: list[re.Match[str]], pointer: str) -> None:
        self._tokens = tokens
        self._at = 0
        self._pointer = pointer

    def sum(self, depth: int) -> Expression:
        found = self._product(depth)
        while (sign := self._sign("+-")) is not None:
            found = Operation(sign, found, self._product(depth))
        return found

    def end(self) -> None:
        if self._at < len(self._tokens):
            self._stop()

    def _product(self, depth: int) -> Expression:
        found = self._factor(depth)
        while (sign := self._sign("*/")) is not None:
            found = Operation(sign, found, self._factor(depth))
        return found

    def _factor(self, depth: int) -> Expression:
        if depth > DEEPEST:
            raise EXPRESSION_TOO_LARGE(self._pointer, deepest=DEEPEST)
        if self._sign("-") is not None:
            return Operation("-", Decimal(0), self._factor(depth + 1))
        if self._sign("(") is not None:
            found = self.sum(depth + 1)
            if self._sign(")") is None:
                self._stop()
            return found
        if self._at == len(self._tokens):
            self._stop()
        number, code, facet, _ = self._tokens[self._at].groups()
        if number is None and code is None:
            self._stop()
        self._at += 1
        return Decimal(number) if number is not None else Figure(code.strip(), Facet(facet or "value"))

    def _sign(self, signs: str) -> str | None:
        """The sign that comes next, if it is one of these."""
        if self._at < len(self._tokens) and (sign := self._tokens[self._at][4]) is not None and sign in signs:
            self._at += 1
            return sign
        return None

    def _stop(self) -> None:
        ended = self._at == len(self._tokens)
        raise EXPRESSION_UNREADABLE(self._pointer, at=None if ended else self._tokens[self._at].start())


def figures_in(expression: Expression) -> Iterator[Figure]:
    """Every figure that an expression names, from left to right."""
    if isinstance(expression, Operation):
        yield from figures_in(expression.left)
        yield from figures_in(expression.right)
    elif isinstance(expression, Figure):
        yield expression


def evaluate(expression: Expression, known: Callable[[Figure], Decimal | None]) -> Decimal | None:
    """What an expression comes to, or None where something in it is not known."""
    with localcontext(prec=_DIGITS):
        return _evaluate(expression, known)


def _evaluate(expression: Expression, known: Callable[[Figure], Decimal | None]) -> Decimal | None:
    if isinstance(expression, Decimal):
        return expression
    if isinstance(expression, Figure):
        return known(expression)
    left, right = _evaluate(expression.left, known), _evaluate(expression.right, known)
    if left is None or right is None:
        return None
    if expression.sign == "/":
        return None if right == 0 else left / right
    return _EXACT[expression.sign](left, right)


_EXACT: Mapping[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
}
