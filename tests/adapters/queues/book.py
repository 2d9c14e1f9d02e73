"""Who owns which run, known to all processes of a test at once."""


class Book:
    """What one process sees of the claims; `owners` is shared by all."""

    def __init__(self, me: str, owners: dict[str, str], dead: set[str] | None = None) -> None:
        self.me, self.owners, self.dead = me, owners, dead or set()
        self.claims = 0

    async def claim(self, run_id: str) -> bool:
        owner = self.owners.get(run_id)
        if owner not in (None, self.me) and owner not in self.dead:
            return False
        self.owners[run_id] = self.me
        self.claims += 1
        return True

    async def release(self, run_id: str) -> None:
        if self.owners.get(run_id) == self.me:
            del self.owners[run_id]

    async def owner(self, run_id: str) -> str | None:
        return self.owners.get(run_id)

    async def beat(self) -> None:
        """It lives as long as the test."""
