"""Reads the part of JQL that the sample site understands: text in, a tree and a sort order out."""

from __future__ import annotations

import re
from dataclasses import dataclass


class JqlError(ValueError):
    """The query cannot be read or names something that does not exist; the message is what Jira would answer."""


@dataclass(frozen=True)
class Call:
    """A function in a query, for example `startOfDay(-1)`."""

    name: str
    arguments: tuple[str, ...]


@dataclass(frozen=True)
class Word:
    """A value in a query; `quoted` tells "empty" from empty."""

    text: str
    quoted: bool = False


Value = Word | Call


@dataclass(frozen=True)
class Clause:
    """`field operator values`, for example `status in (Done, Closed)`."""

    field: str
    operator: str  # = != in not in > >= < <= ~ !~ is is not
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Both:
    """All parts hold."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Either:
    """At least one part holds."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: Node


Node = Clause | Both | Either | Not


@dataclass(frozen=True)
class Query:
    """What to find, None for everything, and how to sort: (field, descending) pairs."""

    where: Node | None
    order: tuple[tuple[str, bool], ...]


_TOKEN = re.compile(
    r"""\s*(?:
      (?P<quoted>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    | (?P<cf>cf\[\d+\])
    | (?P<operator>>=|<=|!=|!~|=|>|<|~|&&|\|\||!)
    | (?P<mark>[(),])
    | (?P<word>[^\s"'=!<>~(),&|]+)
    )""",
    re.VERBOSE,
)
_RESERVED = {"and", "or", "not", "order", "in", "is"}


def parse(text: str) -> Query:
    """The query as a tree. Raises JqlError with Jira's kind of message.

    >>> parse('project = SHOP and updated >= -30d order by key desc').order
    (('key', True),)
    """
    return _Parser(_tokens(text)).query()


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens, position = [], 0
    stripped = text.rstrip()
    while position < len(stripped):
        found = _TOKEN.match(stripped, position)
        if found is None:
            raise JqlError(
                f"Error in the JQL Query: The character '{stripped[position:].lstrip()[:1]}' is not expected "
                f"(line 1, character {position + 1})."
            )
        kind = found.lastgroup or ""
        tokens.append((kind, found[kind]))
        position = found.end()
    return tokens


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens = tokens
        self.position = 0

    def query(self) -> Query:
        where = None
        if self.tokens and not self._next_is("order"):
            where = self._either()
        order = self._order() if self._next_is("order") else ()
        if self.position < len(self.tokens):
            raise self._unexpected()
        return Query(where, order)

    # --- small steps -----------------------------------------------------------------------------------------------

    def _peek(self) -> tuple[str, str]:
        return self.tokens[self.position] if self.position < len(self.tokens) else ("end", "")

    def _take(self) -> tuple[str, str]:
        token = self._peek()
        self.position += 1
        return token

    def _next_is(self, *words: str) -> bool:
        kind, text = self._peek()
        return kind in ("word", "operator", "mark") and text.lower() in words

    def _accept(self, *words: str) -> bool:
        if self._next_is(*words):
            self.position += 1
            return True
        return False

    def _unexpected(self) -> JqlError:
        kind, text = self._peek()
        if kind == "end":
            return JqlError("Error in the JQL Query: Expecting more at the end of the query.")
        return JqlError(
            f"Error in the JQL Query: Expecting operator or end of the query but got '{text}' (token "
            f"{self.position + 1})."
        )

    # --- grammar ---------------------------------------------------------------------------------------------------

    def _either(self) -> Node:
        parts = [self._both()]
        while self._accept("or", "||"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _both(self) -> Node:
        parts = [self._not()]
        while self._accept("and", "&&"):
            parts.append(self._not())
        return parts[0] if len(parts) == 1 else Both(tuple(parts))

    def _not(self) -> Node:
        if self._accept("not", "!"):
            return Not(self._not())
        if self._accept("("):
            inner = self._either()
            if not self._accept(")"):
                raise self._unexpected()
            return inner
        return self._clause()

    def _clause(self) -> Clause:
        field = self._field()
        if self._accept("is"):
            operator = "is not" if self._accept("not") else "is"
            word = self._value()
            if not (isinstance(word, Word) and word.text.lower() in ("empty", "null")):
                raise JqlError("Error in the JQL Query: 'is' takes empty or null.")
            return Clause(field, operator, (word,))
        if self._accept("in"):
            return Clause(field, "in", self._list())
        if self._accept("not"):
            if not self._accept("in"):
                raise self._unexpected()
            return Clause(field, "not in", self._list())
        kind, text = self._peek()
        if kind != "operator" or text in ("&&", "||", "!"):
            raise self._unexpected()
        self._take()
        return Clause(field, text, (self._value(),))

    def _field(self) -> str:
        kind, text = self._peek()
        if kind not in ("word", "quoted", "cf") or (kind == "word" and text.lower() in _RESERVED):
            raise self._unexpected()
        self._take()
        return _bare(text) if kind == "quoted" else text

    def _list(self) -> tuple[Value, ...]:
        if not self._accept("("):
            raise self._unexpected()
        values = [self._value()]
        while self._accept(","):
            values.append(self._value())
        if not self._accept(")"):
            raise self._unexpected()
        return tuple(values)

    def _value(self) -> Value:
        kind, text = self._peek()
        if kind == "quoted":
            self._take()
            return Word(_bare(text), quoted=True)
        if kind != "word" or text.lower() in ("and", "or"):
            raise self._unexpected()
        self._take()
        if not self._accept("("):
            return Word(text)
        arguments = []
        while not self._accept(")"):
            kind, argument = self._take()
            if kind not in ("word", "quoted"):
                raise self._unexpected()
            arguments.append(_bare(argument) if kind == "quoted" else argument)
            self._accept(",")
        return Call(text.lower(), tuple(arguments))

    def _order(self) -> tuple[tuple[str, bool], ...]:
        self._take()
        if not self._accept("by"):
            raise self._unexpected()
        order = []
        while True:
            field = self._field()
            descending = self._accept("desc")
            if not descending:
                self._accept("asc")
            order.append((field, descending))
            if not self._accept(","):
                return tuple(order)


def _bare(quoted: str) -> str:
    return re.sub(r"\\(.)", r"\1", quoted[1:-1])
