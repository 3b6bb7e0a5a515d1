"""From predicted grades to decisions: scores of value, tonnage and grade above cut-offs, classes of confidence."""
