"""The AWS servers as published, against a double of AWS on this machine, under the shipped workflows."""
