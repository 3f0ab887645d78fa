"""`provision: leave_out`: the fields that a team does without are named by our words only."""

import pytest

from escsync.config import ConfigError, load

FILE = """\
version: 1
timezone: UTC
company: Acme
trackers:
  desk:
    adapter: local
    connection: {path: tracker.db}
    provision: {leave_out: GIVEN}
"""


def loaded(folder, given):
    """The configuration that leaves *given* out."""
    (folder / "escsync.yaml").write_text(FILE.replace("GIVEN", given), "utf-8")
    return load(folder / "escsync.yaml", environ={})


@pytest.mark.parametrize(
    ("given", "expected"),
    [("[tone, account.arr]", ("tone", "account.arr")), ("tone", ("tone",)), ("[]", ()), ("", ())],
)
def test_fields_a_team_does_without_are_kept_by_name(tmp_path, given, expected):
    """One, several or none."""
    assert loaded(tmp_path, given).trackers["desk"].leave_out == expected


def test_a_field_that_is_none_is_refused_with_the_one_that_was_meant(tmp_path):
    """A typing mistake would make what nobody wants."""
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, "[brandexposure]")

    assert "8: trackers.desk.provision.leave_out[0]: 'brandexposure' is no canonical field" in str(
        caught.value
    )
    assert "did you mean 'brand_exposure'?" in str(caught.value)
