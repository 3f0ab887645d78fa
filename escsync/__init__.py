"""escsync keeps executive escalations true to a five-step process, inside the team's own tracker."""

__version__ = "0.1.0"
