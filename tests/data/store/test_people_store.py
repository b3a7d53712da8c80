"""People, sessions and begun sign-ins in the access store, and stores of the version before."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, insert

from data.store import access_schema, migrate
from data.store.access_store import AccessStore, TokenRow
from data.store.audit_store import AuditStore
from data.store.people_store import BegunRow, PeopleStore, PersonRow, SessionRow, Taken

ADA = PersonRow("ada", "ada", "admin", "password", "scrypt", None, None, "terminal", 1)
TOKEN = TokenRow("0123456789ab", "local", "", "report", "d" * 64, "read", "terminal", 1)


@pytest.fixture
def people(tmp_path: Path) -> PeopleStore:
    return PeopleStore(AccessStore(tmp_path / "access.db"))


def test_a_store_of_the_version_before_keeps_its_tokens(tmp_path: Path) -> None:
    path = tmp_path / "access.db"
    engine = create_engine(f"sqlite:///{path}")
    folder = migrate.SCRIPTS / "access"
    scripts = ScriptDirectory(str(folder), version_locations=[str(folder / "versions")])
    with engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
        scripts.get_revision("access_1").module.upgrade()
        connection.execute(insert(access_schema.meta).values(name="schema_version", value="1"))
        connection.execute(insert(access_schema.token).values(**vars(TOKEN)))
    engine.dispose()
    store = AccessStore(path)
    assert store.tokens() == [TOKEN]
    PeopleStore(store).add(ADA)
    assert PeopleStore(AccessStore(path)).people() == [ADA]


def test_reading_makes_no_file(people: PeopleStore, tmp_path: Path) -> None:
    assert (people.people(), people.sessions(), people.session("x"), people.take_sign_in("x")) == ([], {}, None, None)
    assert people.end_sessions(name="ada") == 0
    assert list(tmp_path.iterdir()) == []


def test_a_name_is_there_once(people: PeopleStore) -> None:
    people.add(ADA)
    with pytest.raises(Taken):
        people.add(ADA)
    with pytest.raises(Taken):
        people.add(PersonRow("ADA", "ada", "viewer", "password", None, None, None, "terminal", 1))


def test_of_many_that_take_a_sign_in_together_one_gets_it(people: PeopleStore) -> None:
    people.begin_sign_in(BegunRow("state", "nonce", "verifier", "/", 5), 0, 10)
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: people.take_sign_in("state"), range(8)))
    assert len([each for each in taken if each]) == 1


def test_strangers_who_begin_sign_ins_keep_nobody_out_and_fill_nothing(people: PeopleStore) -> None:
    for n in range(30):
        people.begin_sign_in(BegunRow(f"state {n:02}", "nonce", "verifier", "/", n), 0, 10)
    assert [n for n in range(30) if people.take_sign_in(f"state {n:02}")] == list(range(20, 30))


def test_removing_somebody_ends_their_sessions_and_tokens(people: PeopleStore, tmp_path: Path) -> None:
    people.add(ADA)
    people.begin_session(SessionRow("digest", "ada", "password", "stamp", "", 1, 1))
    store = AccessStore(tmp_path / "access.db")
    store.add(TokenRow(**vars(TOKEN) | {"created_by": "user:ada"}))
    assert people.remove("ada", "user:ada", 9)
    assert people.session("digest") is None
    assert store.tokens()[0].revoked_at == 9


def test_numbers_of_removed_lines_are_not_given_again(tmp_path: Path) -> None:
    audit = AuditStore(AccessStore(tmp_path / "access.db"))
    line = {"actor": "ada", "via": "page", "action": "view saved", "subject": "", "result": "done", "address": ""}
    audit.add(at=1, **line)
    audit.add(at=2, **line)
    audit.remove_old(9)
    audit.add(at=10, **line)
    assert [each.id for each in audit.lines(10)] == [3]
