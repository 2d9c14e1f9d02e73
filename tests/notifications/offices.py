"""A courier, channels beyond Slack and a timetable that note what they are asked for."""

from opstream.ports import Carried


class Office:
    """All three in one, and the runs there are; it answers as planned, or that all went well."""

    names = ("oncall",)

    def __init__(self):
        self.carried, self.alarms, self.beyond = [], [], []
        self.answers, self.texts = [], []
        self.runs = {}

    async def carry(self, batch, title="", text=""):
        if isinstance(batch, str):
            self.beyond.append(text)
        else:
            self.carried.append((batch.key, [one.notice.key for one in batch.parts], batch.again))
            self.texts += [(batch.target.owner, one.notice.text) for one in batch.parts]
        answer = self.answers.pop(0) if self.answers else Carried(True)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    async def pause_ends(self, person, now):
        return None

    async def run_of(self, id):
        return self.runs.get(id)

    def wake_at(self, when):
        self.alarms.append(when)

    @property
    def told(self):
        return [keys for _, keys, _ in self.carried]
