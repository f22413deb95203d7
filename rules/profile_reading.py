"""Reading a profile's files: strict, every mistake at once at file:line, its SELECTs tried on empty tables before they run on a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
from sqlglot import exp
from sqlglot.errors import SqlglotError

from datasets import strict_yaml
from datasets.ocds_published import TABLES, make_tables
from datasets.strict_yaml import Mistake, Mistakes, Places, did_you_mean
from rules.profile import Code, Profile, ProfileFile, Setting
from rules.profile_run import RESULT, make_fences, make_macros, make_table, setting_params
from rules.profile_settings import read_settings
from rules.select import outputs, parameters, parsed, tables_of


@dataclass(frozen=True)
class _Read:
    """One file, and where its parts stand in it."""

    path: Path
    places: Places
    said: ProfileFile | Code

    def mistake(self, at: tuple[str, ...], message: str, hint: str = "") -> Mistake:
        return Mistake(str(self.path), *strict_yaml.place_of(self.places, at), f"{'.'.join(at)}: {message}", hint)

    def selects(self) -> list[tuple[tuple[str, ...], str]]:
        """Its SELECTs in the order in which they run, each with its place."""
        found: list[tuple[tuple[str, ...], str]] = [(("tables", name), sql) for name, sql in self.said.tables.items()]
        if isinstance(self.said, Code):
            found += [(("fences",), self.said.fences)] if self.said.fences is not None else []
            found.append((("sql",), self.said.sql))
        return found


def profile_names(folders: Sequence[Path]) -> list[str]:
    """Names of the profiles in `<folder>/profiles` of every folder."""
    return sorted({path.stem for folder in folders for path in (folder / "profiles").glob("*.yml")})


def read_profile(name: str, folders: Sequence[Path]) -> Profile:
    """Read a profile; a later folder's replaces an earlier one of the same name.

    Raises strict_yaml.Mistakes with every mistake of its files at once; KeyError when no folder has it.
    """
    paths = [path for folder in folders if (path := folder / "profiles" / f"{name}.yml").exists()]
    if not paths:
        raise KeyError(name)
    file, places = strict_yaml.read(paths[-1], ProfileFile)
    read, mistakes = [_Read(paths[-1], places, file)], list[Mistake]()
    for path in sorted(paths[-1].with_suffix("").glob("*.yml")):
        try:
            code, places = strict_yaml.read(path, Code)
            read.append(_Read(path, places, code))
        except Mistakes as found:
            mistakes += found.mistakes
    codes = {one.said.code: one.said for one in read if isinstance(one.said, Code)}
    profile = Profile(file=file, codes=codes)
    mistakes += [mistake for one in read for mistake in _named(one)]
    mistakes = mistakes or _checked(profile, read)
    if mistakes:
        raise Mistakes(mistakes)
    return profile


def _named(one: _Read) -> list[Mistake]:
    key, said = ("code", one.said.code) if isinstance(one.said, Code) else ("profile", one.said.profile)
    return [] if said == one.path.stem else [one.mistake((key,), f"must be the file's name {one.path.stem!r}, not {said!r}")]


def _checked(profile: Profile, read: Sequence[_Read]) -> list[Mistake]:
    """What is wrong with the SELECTs: by their words first, then by running them on tables without rows."""
    mistakes: list[Mistake] = []
    shared, tables = {"codes", *_params_of(profile.file.settings)}, {*TABLES, *profile.file.tables}
    for one in read:
        own = _params_of(one.said.settings) if isinstance(one.said, Code) else set()
        for at, sql in one.selects():
            known = tables | set(one.said.tables) | ({"fence"} if at == ("sql",) else set())
            mistakes += _words(one, at, sql, shared | own, known)
    return mistakes or _tried(profile, read)


def _params_of(settings: Mapping[str, Setting]) -> set[str]:
    values, _ = read_settings((), settings)
    return set(setting_params(settings, values, ""))


def _words(one: _Read, at: tuple[str, ...], sql: str, params: set[str], tables: set[str]) -> list[Mistake]:
    try:
        tree = parsed(sql)
    except (SqlglotError, ValueError) as error:
        return [one.mistake(at, f"no SQL: {str(error).splitlines()[0]}")]
    if not isinstance(tree, exp.Query):
        return [one.mistake(at, "must be a SELECT")]
    found = [one.mistake(at, f"${name} is no setting", did_you_mean(name, params)) for name in parameters(sql) - params]
    found += [one.mistake(at, f"there is no table {name}", did_you_mean(name, tables)) for name in tables_of(sql) - tables]
    if at == ("sql",) and outputs(sql) != list(RESULT):
        found.append(one.mistake(at, f"must return {', '.join(RESULT)}, not {', '.join(outputs(sql))}"))
    if at == ("fences",) and outputs(sql) != ["grp", "measure"]:
        found.append(one.mistake(at, f"must return grp, measure, not {', '.join(outputs(sql))}"))
    return found


def _tried(profile: Profile, read: Sequence[_Read]) -> list[Mistake]:
    values, _ = read_settings((), profile.settings)
    shared = {"codes": list(profile.codes), **setting_params(profile.file.settings, values, "")}
    mistakes: list[Mistake] = []
    with duckdb.connect() as connection:
        make_tables(connection)
        make_macros(connection)
        for one in read:
            own = setting_params(one.said.settings, values, f"{one.said.code}.") if isinstance(one.said, Code) else {}
            for at, sql in one.selects():
                try:
                    if at == ("fences",):
                        make_fences(connection, sql, shared | own)
                    else:
                        make_table(connection, at[-1] if at[0] == "tables" else "tried", sql, shared | own)
                except duckdb.Error as error:
                    mistakes.append(one.mistake(at, str(error).splitlines()[0]))
    return mistakes
