"""The admin's first hour, decided without a terminal and without a tracker: what should exist, what fits, what changed."""
