"""What the simulated estate says when it cannot do what was asked."""


class Refused(ValueError):
    """What was asked cannot be done; the message is one sentence that says what to ask instead."""
