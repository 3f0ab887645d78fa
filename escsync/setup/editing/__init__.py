"""Changing a configuration file so that every other byte of it stays."""
