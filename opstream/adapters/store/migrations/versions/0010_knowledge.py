"""What is remembered, and found again by word and by meaning."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_TABLES = (
    "memory_numbers",
    "memory_meanings",
    "memory_texts",
    "memory_passages",
    "memory_subjects",
    "memory_entries",
)
_FOUND = (
    """
    CREATE VIRTUAL TABLE memory_found USING fts5(
        words, content='memory_texts', content_rowid='passage', tokenize='ascii'
    )
    """,
    """
    CREATE TRIGGER memory_text_kept AFTER INSERT ON memory_texts BEGIN
        INSERT INTO memory_found(rowid, words) VALUES (new.passage, new.words);
    END
    """,
    """
    CREATE TRIGGER memory_text_removed AFTER DELETE ON memory_texts BEGIN
        INSERT INTO memory_found(memory_found, rowid, words)
        VALUES ('delete', old.passage, old.words);
    END
    """,
    """
    CREATE TRIGGER memory_text_changed AFTER UPDATE OF words ON memory_texts BEGIN
        INSERT INTO memory_found(memory_found, rowid, words)
        VALUES ('delete', old.passage, old.words);
        INSERT INTO memory_found(rowid, words) VALUES (new.passage, new.words);
    END
    """,
)
_FOUND_ON_POSTGRESQL = (
    # Long texts lie beside the table: to count who has a word, each of its rows is visited.
    "ALTER TABLE memory_texts SET (toast_tuple_target = 128)",
    """
    ALTER TABLE memory_texts ADD COLUMN found tsvector
    GENERATED ALWAYS AS (array_to_tsvector(string_to_array(words, ' '))) STORED
    """,
    "CREATE INDEX memory_found ON memory_texts USING gin (found)",
)
_NAMES = (
    ("memory_entries", "id"),
    ("memory_subjects", "subject"),
    ("memory_numbers", "name"),
)


def upgrade() -> None:
    """Add the tables, and the index of words."""
    _add_entries()
    _add_passages()
    op.create_table(
        "memory_numbers",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("last", sa.BigInteger(), nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table, column in _NAMES:
            op.execute(f'ALTER TABLE {table} ALTER COLUMN {column} TYPE VARCHAR COLLATE "C"')
        for statement in _FOUND_ON_POSTGRESQL:
            op.execute(statement)
        return
    for statement in _FOUND:
        op.execute(statement)


def _number(name: str, *more: sa.ForeignKey, primary_key: bool = True) -> sa.Column[int]:
    return sa.Column(
        name,
        sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
        *more,
        primary_key=primary_key,
        autoincrement=False,
        nullable=False,
    )


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _strings(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _add_entries() -> None:
    op.create_table(
        "memory_entries",
        _number("number"),
        *_strings("id", "kind"),
        *_texts("title"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("everyone", sa.Boolean(), nullable=False),
        *_strings("person", "channel"),
        *_texts("link"),
        *_strings("by_id"),
        *_texts("details"),
        *_strings("measure"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("memory_by_kind", "memory_entries", ["kind", "at"])
    op.create_index("memory_by_measure", "memory_entries", ["measure", "at"])
    op.create_index("ix_memory_entries_person", "memory_entries", ["person"])
    op.create_index("ix_memory_entries_by_id", "memory_entries", ["by_id"])
    op.create_table(
        "memory_subjects",
        sa.Column("subject", sa.String(), primary_key=True),
        _number("entry", sa.ForeignKey("memory_entries.number")),
    )
    op.create_index("ix_memory_subjects_entry", "memory_subjects", ["entry"])


def _add_passages() -> None:
    op.create_table(
        "memory_passages",
        _number("number"),
        _number("entry", sa.ForeignKey("memory_entries.number"), primary_key=False),
        *_strings("kind"),
        sa.Column("everyone", sa.Boolean(), nullable=False),
        *_strings("person", "channel", "workspace"),
    )
    op.create_index("ix_memory_passages_entry", "memory_passages", ["entry"])
    op.create_index(
        "memory_seen", "memory_passages", ["workspace", "everyone", "channel", "person", "kind"]
    )
    op.create_table(
        "memory_texts",
        _number("passage", sa.ForeignKey("memory_passages.number")),
        *_texts("text", "words"),
    )
    op.create_table(
        "memory_meanings",
        _number("passage", sa.ForeignKey("memory_passages.number")),
        *_strings("measure"),
        sa.Column("numbers", sa.LargeBinary(), nullable=False),
    )


def downgrade() -> None:
    """Take them out again."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE memory_found")
    for name in _TABLES:
        op.drop_table(name)
