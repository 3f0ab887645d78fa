"""The adapter keeps escsync's contract, and every scenario of the process comes out to the minute on it."""

from csv_humans import CsvHumans

from escsync.testing import WITHOUT_HISTORY, AdapterContract, ScenarioContract


class TestCsv(AdapterContract, ScenarioContract):
    """A new tracker per test."""

    differences = WITHOUT_HISTORY

    def humans(self, folder):
        return CsvHumans(folder)
