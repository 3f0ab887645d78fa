"""What a tracker's fields, statuses and options mean in our words, and the configuration drafted from it."""
