"""The ledger's migrations, oldest first in `versions`."""
