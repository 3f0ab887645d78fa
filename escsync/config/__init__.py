"""The configuration: escsync.yaml with its people, accounts and policy, every mistake with its file and line."""

from .configuration import Config, TrackerConfig
from .environment import Environment, environment
from .excerpt import excerpt
from .load import load
from .policy import policy_from, with_settings
from .policy_text import policy_yaml
from .problem import ConfigError, Origin, Problem, nearest
from .schema import people_schema, policy_file_schema, schema
from .sources import rule, sources

__all__ = [
    "Config",
    "ConfigError",
    "Environment",
    "Origin",
    "Problem",
    "TrackerConfig",
    "environment",
    "excerpt",
    "load",
    "nearest",
    "people_schema",
    "policy_file_schema",
    "policy_from",
    "policy_yaml",
    "rule",
    "schema",
    "sources",
    "with_settings",
]
