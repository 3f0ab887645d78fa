"""The admin's first hour: what `init`, `provision`, `drift` and `doctor` need of Salesforce beside the contract."""
