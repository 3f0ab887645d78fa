"""The line that says where a page comes from."""

MADE = "Made by `python docs/generate.py` from the code"
