"""The configuration: escsync.yaml with its people, accounts and policy, every mistake with its file and line."""

from .configuration import Config, TrackerConfig
from .load import load
from .policy import policy_from, with_settings
from .policy_text import policy_yaml
from .problem import ConfigError, Problem, nearest
from .schema import people_schema, policy_file_schema, schema

__all__ = [
    "Config",
    "ConfigError",
    "Problem",
    "TrackerConfig",
    "load",
    "nearest",
    "people_schema",
    "policy_file_schema",
    "policy_from",
    "policy_yaml",
    "schema",
    "with_settings",
]
