"""Search of the public register, and addresses of what was removed

Revision: 0028, after 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

#: SQLite: full text over the entries, and pieces of three letters of their names.
_LITE = (
    "CREATE VIRTUAL TABLE search_text USING fts5(name, words, content='search_entry', content_rowid='id', "
    "tokenize='unicode61 remove_diacritics 0', prefix='2 3')",
    "CREATE VIRTUAL TABLE search_gram USING fts5(gram, content='search_entry', content_rowid='id', "
    "tokenize='trigram')",
    """CREATE TRIGGER search_entry_added AFTER INSERT ON search_entry BEGIN
         INSERT INTO search_text(rowid, name, words) VALUES (new.id, new.name, new.words);
         INSERT INTO search_gram(rowid, gram) VALUES (new.id, new.gram);
       END""",
    """CREATE TRIGGER search_entry_removed AFTER DELETE ON search_entry BEGIN
         INSERT INTO search_text(search_text, rowid, name, words) VALUES ('delete', old.id, old.name, old.words);
         INSERT INTO search_gram(search_gram, rowid, gram) VALUES ('delete', old.id, old.gram);
       END""",
    """CREATE TRIGGER search_entry_changed AFTER UPDATE ON search_entry BEGIN
         INSERT INTO search_text(search_text, rowid, name, words) VALUES ('delete', old.id, old.name, old.words);
         INSERT INTO search_gram(search_gram, rowid, gram) VALUES ('delete', old.id, old.gram);
         INSERT INTO search_text(rowid, name, words) VALUES (new.id, new.name, new.words);
         INSERT INTO search_gram(rowid, gram) VALUES (new.id, new.gram);
       END""",
)
#: Exactly as `programme/search/find.py` asks, or the index is not used.
_SERVER = (
    "CREATE INDEX ix_search_entry_text ON search_entry USING gin "
    "(to_tsvector('simple'::regconfig, name || ' ' || words))"
)


def upgrade() -> None:
    op.create_table(
        "search_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("about", sa.String(length=500), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("gram", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_entry")),
    )
    op.create_index("ix_search_entry_kind_key", "search_entry", ["kind", "key"], unique=True)
    op.create_table(
        "removed_page",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("into", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("kind", "number", name=op.f("pk_removed_page")),
    )
    if op.get_bind().dialect.name == "sqlite":
        for statement in _LITE:
            op.execute(statement)
    else:
        op.execute(_SERVER)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE search_text")
        op.execute("DROP TABLE search_gram")
    op.drop_table("removed_page")
    op.drop_table("search_entry")
