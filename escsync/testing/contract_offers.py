"""What an adapter must keep to that offers provisioning, an outline of its schema, or a rehearsal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from escsync.adapter import FIELDS, Adapter, TrackerError
from escsync.offers import Gap, Key, Outlined, Provided, Provisioner, Rehearsed, Wish

from .bench import Bench, error_of, pulled
from .humans import Admins

WISHES = (
    Wish(FIELDS["root_cause"], "Root cause", (), {"product_bug": "Product bug", "sla_breach": "SLA breach"}),
    Wish(FIELDS["account.csm"], "CSM"),
    Wish(FIELDS["due_at"], "Next deadline"),
    Wish(
        FIELDS["health"],
        "Escalation health",
        (),
        {"ok": "OK", "due_soon": "Due soon", "breached": "Breached"},
    ),
)
"""A choice and a person that people fill in, an instant and a choice that escsync does."""

_RUNS = 40
"""So many runs are more than enough."""


class OffersContract(Bench):
    """Inherit this beside `AdapterContract`; what an adapter does not offer is skipped, by name."""

    def admins(self, folder: Path) -> Admins:
        """The people of a tracker that keeps tickets and has none of the fields of `WISHES` yet, unless by another name."""
        raise NotImplementedError(
            "say how a tracker without our fields is reached: def admins(self, folder): ..."
        )

    def test_provisioning_twice_makes_nothing_new(self, tmp_path: Path) -> None:
        """What was made is no gap any more, for whoever made it and for the next connection."""
        admins = self._admins(tmp_path)
        adapter = _provisioner(admins.connect())
        gaps = _makeable(adapter)
        settings = _provided(adapter, gaps)
        made = admins.schema()

        again = [adapter.provide(gap).id for gap in gaps]
        admins.adopt(settings)
        left = _makeable(_provisioner(admins.connect()), settings)

        assert gaps
        assert len(again) == len(gaps)
        assert left == []
        assert admins.schema() == made

    def test_looking_makes_nothing(self, tmp_path: Path) -> None:
        """A list of what is missing changes nothing, and says the same when it is asked for again."""
        admins = self._admins(tmp_path)
        before = admins.schema()

        first, second = (_makeable(_provisioner(admins.connect())) for _ in range(2))

        assert first == second
        assert admins.schema() == before

    def test_what_is_there_stays_as_it_is(self, tmp_path: Path) -> None:
        """Nothing is deleted, renamed, retyped or narrowed; options may be added."""
        admins = self._admins(tmp_path)
        before = admins.schema()

        adapter = _provisioner(admins.connect())
        _provided(adapter, _makeable(adapter))

        assert altered(before, admins.schema()) == []

    def test_a_lost_answer_makes_nothing_twice(self, tmp_path: Path) -> None:
        """Whichever write breaks off, before or after it was carried out: the next run goes on, and nothing is there twice."""
        for after in (False, True):
            broken, writes = True, 0
            while broken:
                folder = tmp_path / f"{after}-{writes}"
                folder.mkdir()
                admins = self._admins(folder)
                names = Counter(row["name"] for row in admins.schema().values())
                broken = self._half_done(admins, writes, after=after)
                self._finished(admins, names)
                writes += 1
            assert writes > 1

    def test_a_run_comes_to_its_end_although_answers_are_lost(self, tmp_path: Path) -> None:
        """Again and again a write is carried out and nobody hears of it: each run goes on from there, and nothing is made
        twice."""
        admins = self._admins(tmp_path)
        losing = self._losing(admins)
        names = Counter(row["name"] for row in admins.schema().values())
        for _ in range(_RUNS):
            adapter = _provisioner(admins.connect())
            waiting = [gap for gap in _makeable(adapter) if not gap.found]
            if not waiting:
                break
            losing.lose(after=True)
            error_of(lambda: adapter.provide(waiting[0]))  # noqa: B023  # called at once
        else:
            raise AssertionError(f"{waiting[0].what} is missing after {_RUNS} runs")

        self._finished(admins, names)

    def test_only_what_escsync_made_is_withdrawn(self, tmp_path: Path) -> None:
        """It is known by its mark, without any record of ours; afterwards what people made is there, and nothing else."""
        admins = self._admins(tmp_path)
        before = admins.schema()
        adapter = _provisioner(admins.connect())
        _provided(adapter, _makeable(adapter))

        later = _provisioner(admins.connect())
        ours = list(later.provided())
        for one in ours:
            if not one.kept:
                later.withdraw(one)
        left = {one.id for one in _provisioner(admins.connect()).provided()}

        assert any(not one.kept for one in ours)
        assert not {one.id for one in ours} & set(before)
        assert left == {one.id for one in ours if one.kept}
        assert altered(before, admins.schema()) == []
        assert left or set(admins.schema()) == set(before)

    def test_what_people_made_cannot_be_withdrawn(self, tmp_path: Path) -> None:
        """Not even if it is asked for by name."""
        admins = self._admins(tmp_path)
        adapter = _provisioner(admins.connect())
        _provided(adapter, _makeable(adapter))
        ours = {one.id for one in adapter.provided()}
        kind = next(iter(adapter.provided())).kind
        before = admins.schema()
        theirs = [id for id in before if id not in ours]

        errors = [error_of(lambda id=id: adapter.withdraw(Provided(id, kind, "theirs"))) for id in theirs]  # type: ignore[misc]

        assert all(isinstance(error, TrackerError) for error in errors)
        assert admins.schema() == before

    def test_an_outline_changes_with_the_schema_alone(self, tmp_path: Path) -> None:
        """Two looks tell the same; a field that was renamed is told under its id with its new name, and nothing else."""
        admins = self._admins(tmp_path)
        adapter = _provisioner(admins.connect())
        admins.adopt(_provided(adapter, _makeable(adapter)))
        first, second = ({(p.kind, p.id): p for p in _outlined(admins.connect()).outline()} for _ in range(2))
        admins.rename("health", "Weather")

        third = {(p.kind, p.id): p for p in _outlined(admins.connect()).outline()}
        changed = [key for key in first if first[key] != third.get(key)]

        assert first == second
        assert set(first) == set(third)
        assert ["fields.health" in third[key].used for key in changed] == [True]
        assert [third[key].name for key in changed] == ["Weather"]

    def test_a_rehearsal_leaves_nothing_behind(self, tmp_path: Path) -> None:
        """The ticket made for it is in scope, is made once, and is gone when it is discarded."""
        humans = self.cast(tmp_path)
        adapter = humans.connect()
        rehearsed = _rehearsed(adapter)

        ref = rehearsed.scratch("escsync-test-1")
        again = rehearsed.scratch("escsync-test-1")
        there = [ticket.id for ticket in pulled(humans.connect())[0]]
        rehearsed.discard(ref)
        left = list(humans.connect().read([ref]))

        assert (again.id, there, left) == (ref.id, [ref.id], [])

    def test_no_other_ticket_is_discarded(self, tmp_path: Path) -> None:
        """What people made is no test, whatever its number."""
        humans = self.cast(tmp_path)
        ref = humans.create({"summary": "theirs"}, by=self.ana)

        adapter = humans.connect()
        error = error_of(lambda: _rehearsed(adapter).discard(ref))

        assert isinstance(error, TrackerError)
        assert [ticket.id for ticket in adapter.read([ref])] == [ref.id]

    def _admins(self, folder: Path) -> Admins:
        admins = self.admins(folder)
        self.__dict__.setdefault("_made", []).append(admins)
        return admins

    def _losing(self, admins: Admins) -> Any:
        """The same people as `Losing`; skipped by name where the fake is none."""
        if not hasattr(admins, "lose"):
            import pytest

            pytest.skip(f"{type(admins).__name__} offers no lose: see escsync.testing.Losing")
        return admins

    def _half_done(self, admins: Admins, writes: int, *, after: bool) -> bool:
        """Provide until the write after *writes* others breaks off; did it?"""
        losing = self._losing(admins)
        adapter = _provisioner(admins.connect())
        for place, gap in enumerate(_makeable(adapter)):
            if place == writes:
                losing.lose(after=after)
                error_of(lambda gap=gap: adapter.provide(gap))  # type: ignore[misc]
                return True
            adapter.provide(gap)
        return False

    def _finished(self, admins: Admins, before: Counter[str]) -> None:
        adapter = _provisioner(admins.connect())
        settings = _provided(adapter, _makeable(adapter))
        admins.adopt(settings)
        names = Counter(row["name"] for row in admins.schema().values())

        assert _makeable(_provisioner(admins.connect()), settings) == []
        assert [name for name, count in names.items() if count > before[name] + 1] == []
        options = [list(row.get("options", {}).values()) for row in admins.schema().values()]
        assert all(len(set(names)) == len(names) for names in options)


def altered(before: Mapping[str, Mapping[str, Any]], after: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """What of *before* is not in *after* any more, or is not what it was; options may have come."""
    changed = []
    for id, row in before.items():
        now = after.get(id, {})
        same = all(now.get(key) == value for key, value in row.items() if key != "options")
        kept = set(row.get("options", {}).items()) <= set(now.get("options", {}).items())
        changed += [] if same and kept else [id]
    return changed


def _provisioner(adapter: Adapter) -> Provisioner:
    return adapter if isinstance(adapter, Provisioner) else _lacks(adapter, "Provisioner")


def _outlined(adapter: Adapter) -> Outlined:
    return adapter if isinstance(adapter, Outlined) else _lacks(adapter, "Outlined")


def _rehearsed(adapter: Adapter) -> Rehearsed:
    return adapter if isinstance(adapter, Rehearsed) else _lacks(adapter, "Rehearsed")


def _lacks(adapter: Adapter, offer: str) -> NoReturn:
    import pytest

    pytest.skip(f"{type(adapter).__name__} offers no {offer}")


def _makeable(adapter: Provisioner, settings: Mapping[Key, Any] | None = None) -> list[Gap]:
    """The gaps of `WISHES` that escsync can close, with what the configuration says by now."""
    named = {key[1]: (str(value),) for key, value in (settings or {}).items() if key[0] == "fields"}
    wishes = [Wish(wish.wanted, wish.label, named.get(wish.wanted.name, ()), wish.choices) for wish in WISHES]
    return [gap for gap in adapter.missing(wishes) if not gap.by_hand]


def _provided(adapter: Provisioner, gaps: list[Gap]) -> dict[Key, Any]:
    return {key: value for gap in gaps for key, value in adapter.provide(gap).settings.items()}
