"""What escsync concludes, written for people and for programs: the only place that formats."""
