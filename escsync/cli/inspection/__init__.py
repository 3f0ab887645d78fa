"""The commands that look whether all is well: `escsync doctor` and `escsync drift`."""
