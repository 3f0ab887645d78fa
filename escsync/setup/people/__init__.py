"""People and accounts: who matches whom, the people.yaml proposed, and whether the process can work with them."""
