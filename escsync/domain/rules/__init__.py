"""The rules: each module yields the findings of one step of the process for one case."""
