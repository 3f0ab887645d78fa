"""SOQL, read into a tree."""

from __future__ import annotations

from .record import Refused
from .soql_tree import Aggregate, Among, Compare, Condition, Joined, Literal, Path, Query, TypeOf
from .soql_words import Word, string, unexpected, words

AGGREGATES = {"COUNT", "COUNT_DISTINCT", "MIN", "MAX", "SUM", "AVG"}
OPERATORS = {"=", "!=", "<>", "<", "<=", ">", ">=", "LIKE"}
CLAUSES = {"WHERE", "GROUP", "ORDER", "LIMIT", "OFFSET", "FOR", "HAVING", "USING", "WITH", "ALL"}


class Parser:
    """One query; what it does not understand is refused as Salesforce refuses it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._words = words(text)
        self._at = 0

    def query(self) -> Query:
        found = self._query()
        if self._word.kind != "end":
            raise self._unexpected()
        return found

    # -- words

    @property
    def _word(self) -> Word:
        return self._words[self._at]

    def _next(self) -> Word:
        word = self._word
        self._at += word.kind != "end"
        return word

    def _take(self, *keys: str) -> bool:
        """Go on behind these words, if they stand here."""
        here = self._words[self._at : self._at + len(keys)]
        if tuple(word.key for word in here) != keys:
            return False
        self._at += len(keys)
        return True

    def _need(self, key: str) -> None:
        if not self._take(key):
            raise self._unexpected()

    def _name(self) -> Word:
        if self._word.kind != "word":
            raise self._unexpected()
        return self._next()

    def _count(self) -> int:
        word = self._next()
        if word.kind != "number" or not word.text.isdigit():
            raise unexpected(self.text, word)
        return int(word.text)

    def _unexpected(self) -> Refused:
        return unexpected(self.text, self._word)

    # -- clauses

    def _query(self) -> Query:
        self._need("SELECT")
        items = [self._item()]
        while self._take(","):
            items.append(self._item())
        self._need("FROM")
        word = self._name()
        found = Query(items, word.text, word.at)
        if self._word.kind == "word" and self._word.key not in CLAUSES:
            found.alias = self._next().text
        if self._take("USING", "SCOPE"):
            self._name()
        if self._take("WHERE"):
            found.where = self._condition()
        if self._take("GROUP", "BY"):
            found.group = self._paths()
        if self._take("ORDER", "BY"):
            found.order.append(self._ordering())
            while self._take(","):
                found.order.append(self._ordering())
        if self._take("LIMIT"):
            found.limit = self._count()
        if self._take("OFFSET"):
            found.offset = self._count()
            if found.offset > 2000:
                raise Refused(
                    "NUMBER_OUTSIDE_VALID_RANGE",
                    "Maximum SOQL offset allowed is 2000, you specified a larger one",
                )
        return found

    def _item(self) -> Path | Aggregate | TypeOf | Query:
        if self._take("("):
            found = self._query()
            self._need(")")
            return found
        if self._take("TYPEOF"):
            return self._type_of()
        word = self._name()
        if word.key in AGGREGATES and self._take("("):
            return self._aggregate(word.key)
        if word.key == "FIELDS" and self._take("("):
            kind = self._name().key
            self._need(")")
            return Path(("*", kind), word.at)
        if word.key == "TOLABEL" and self._take("("):
            inside = self._name()
            self._need(")")
            return Path(tuple(inside.text.split(".")), inside.at, label=True)
        return Path(tuple(word.text.split(".")), word.at)

    def _aggregate(self, function: str) -> Aggregate:
        path = None if self._word.key == ")" else self._path()
        self._need(")")
        named = self._word.kind == "word" and self._word.key != "FROM"
        return Aggregate(function, path, self._next().text if named else "")

    def _type_of(self) -> TypeOf:
        word = self._name()
        cases = []
        while self._take("WHEN"):
            kind = self._name().text
            self._need("THEN")
            cases.append((kind, tuple(self._paths())))
        otherwise = tuple(self._paths()) if self._take("ELSE") else ()
        self._need("END")
        return TypeOf(tuple(word.text.split(".")), word.at, tuple(cases), otherwise)

    def _path(self) -> Path:
        word = self._name()
        return Path(tuple(word.text.split(".")), word.at)

    def _paths(self) -> list[Path]:
        found = [self._path()]
        while self._take(","):
            found.append(self._path())
        return found

    def _ordering(self) -> tuple[Path, bool, bool]:
        path = self._path()
        down = self._take("DESC")
        if not down:
            self._take("ASC")
        last = self._take("NULLS", "LAST")
        if not last:
            self._take("NULLS", "FIRST")
        return path, down, last

    # -- conditions

    def _condition(self) -> Condition:
        """AND and OR do not mix without parentheses."""
        if self._take("NOT"):
            return Joined("NOT", (self._simple(),))
        found = [self._simple()]
        for word in ("AND", "OR"):
            while self._take(word):
                found.append(self._simple())
            if len(found) > 1:
                if self._word.key in {"AND", "OR"}:
                    raise self._unexpected()
                return Joined(word, tuple(found))
        return found[0]

    def _simple(self) -> Condition:
        if self._take("("):
            found = self._condition()
            self._need(")")
            return found
        if self._take("NOT"):
            return Joined("NOT", (self._simple(),))
        path = self._path()
        for words_ in (("NOT", "IN"), ("IN",), ("INCLUDES",), ("EXCLUDES",)):
            if self._take(*words_):
                return Among(path, " ".join(words_), self._set())
        if self._word.key not in OPERATORS:
            raise self._unexpected()
        operator = self._next().key
        return Compare(path, "!=" if operator == "<>" else operator, self._literal())

    def _set(self) -> tuple[Literal, ...] | Query:
        self._need("(")
        if self._word.key == "SELECT":
            inner = self._query()
            self._need(")")
            return inner
        found = [self._literal()]
        while self._take(","):
            found.append(self._literal())
        self._need(")")
        return tuple(found)

    def _literal(self) -> Literal:
        word = self._next()
        if word.kind == "string":
            return Literal("string", string(self.text, word), word.at)
        if word.kind in {"number", "instant", "day", "word"}:
            return Literal(word.kind, word.text, word.at)
        raise unexpected(self.text, word)
