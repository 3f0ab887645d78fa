"""`escsync init`: asks or is told, looks at the tracker, and writes a first configuration."""

from escsync.cli.init.command import init

__all__ = ["init"]
