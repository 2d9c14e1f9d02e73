"""The part of the schema that keeps prompt templates; the rules of `tables.py` hold here, too."""

from sqlalchemy import BigInteger, Text
from sqlmodel import Field, SQLModel


class PromptVersionRow(SQLModel, table=True):
    """A prompt template's text as it was published; never changed, as runs stay on their version."""

    __tablename__ = "prompt_versions"

    template_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    source: str = Field(sa_type=Text)
    file: str
    published_at: int = Field(sa_type=BigInteger)
    by_id: str | None
    by_name: str | None
    why: str = Field(sa_type=Text)
