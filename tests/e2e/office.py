"""An office that begins with escsync: one field is there, made by people, and five are wanted."""

from e2e.house import House
from fakes.memory_stage import MemoryStage

from escsync.adapter import FieldKind, Vocabulary
from escsync.setup.wishes import wishes

CONFIG = """\
version: 1
timezone: UTC
company: Acme                  # as it stands in messages
ledger: sqlite:///escsync.db
trackers:
  support:                     # the one and only
    adapter: memory
    connection: {{stage: {stage}}}
    provision:
      leave_out: [{left_out}]
    fields:                    # our field -> theirs
      # what people fill in
      severity: f1             # was there before
"""
KEPT = ("root_cause", "tone", "due_at", "health", "severity")


class Office(House):
    """A project on a tracker in memory that has one field, made by people; five fields are wanted."""

    def __init__(self, folder, wanted=KEPT):
        super().__init__(folder)
        self.tracker = MemoryStage(folder)
        self.tracker.column("Severity", FieldKind.CHOICE, o1="Billing dispute", o2="Mystery")
        self.write(wanted)

    def write(self, wanted):
        left_out = [w.wanted.name for w in wishes(Vocabulary()) if w.wanted.name not in wanted]
        stage = self.tracker.section()["connection"]["stage"]
        self.path.write_text(CONFIG.format(stage=stage, left_out=", ".join(left_out)), "utf-8")

    @property
    def path(self):
        return self.folder / "escsync.yaml"

    @property
    def text(self):
        return self.path.read_text("utf-8")

    @property
    def names(self):
        return sorted(column.name for column in self.tracker.columns.values())


def lines(answer):
    """A result's lines without what stands before the tracker's name."""
    return [line.split(" support: ", 1)[-1] for line in answer.out.splitlines()]
