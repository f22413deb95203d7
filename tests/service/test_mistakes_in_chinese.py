"""Mistakes of an author's file are told in Chinese with the names as they stand, and every sentence translated is still said."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from datasets import strict_yaml
from datasets.strict_yaml import Mistake
from service.mistakes_in_chinese import FILE, told_in_words
from service.mistakes_told import told
from service.words import FOLDER, speak

ROOT = FOLDER.parents[1]
COMPOSED = {
    "topic must be the folder's name {name}, not {said}", "INTERVAL is refused: {why}",
    "{name} is refused: the clock of the machine: the same records would not give the same findings",
}  # fmt: skip
"""Put together from parts by the checks: tried below by example."""
SENTENCES, _ = strict_yaml.load(FOLDER / FILE)


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    speak("zh")
    yield
    speak("zh")


@pytest.mark.parametrize(("english", "sentence"), [
    ("sql: unknown column 'ticket_no' of ticket", "sql: 表 ticket 没有列 'ticket_no'"),
    ("sql: now() is refused: the clock of the machine: the same records would not give the same findings",
     "sql: 不能用 now()：机器的时钟会让同样的记录得出不同的结果"),
    ("given: ticket.kind: 'x' is none of complaint, inquiry", "given: ticket.kind: 'x' 不在允许的值之内：complaint, inquiry"),
    ("says.zh: {days} is neither an output column nor a param", "says.zh: {days} 既不是输出列，也不是参数"),
    ("output column evidence_bid: unknown table 'bids'", "输出列 evidence_bid：没有表 'bids'"),
    ("prior.precision: Input should be a valid number", "prior.precision: 应当是数，比例写成小数（六成写 0.6）"),
    ("topic must be the folder's name 'subsidy', not 'hotline'", "topic 必须与所在文件夹 'subsidy' 相同，不是 'hotline'"),
    ("sql: INTERVAL is refused: a reason", "sql: 不能用 INTERVAL：在别的数据库上会丢掉参数，还会把日期变成时刻"),
    ("what nobody has put into Chinese", "what nobody has put into Chinese"),
])  # fmt: skip
def test_a_sentence_keeps_its_key_and_its_names(english: str, sentence: str) -> None:
    assert told_in_words(english) == sentence


def test_a_mistake_and_what_would_be_right_are_told_in_the_language_spoken() -> None:
    mistake = Mistake("a.yml", 3, 1, "param 'days' is used by no SELECT", "did you mean max_days?")
    assert told([mistake]) == "a.yml:3: 参数 'days' 没有一条 SELECT 用到；是不是 max_days？\n共 1 处错误"
    speak("en")
    assert told([mistake]).startswith("a.yml:3: param 'days' is used by no SELECT; did you mean max_days?\n")


@pytest.mark.parametrize("part", ["whole", "hint"])
def test_every_sentence_in_chinese_is_still_said_by_a_check(part: str) -> None:
    files = [path for room in ("rules", "datasets") for path in (ROOT / room).rglob("*") if path.suffix in (".py", ".yml")]
    said = "\n".join(path.read_text(encoding="utf-8") for path in files if "book" not in path.parts)
    fragments = {
        piece: english
        for english in SENTENCES[part]
        if not english.startswith("Input should be")  # said by pydantic
        for piece in re.split(r"\{[a-z]+\}", english)
        if len(re.findall("[a-z]", piece)) > 3
    }
    assert part == "hint" or set(SENTENCES[part]) >= COMPOSED
    unsaid = {english for piece, english in fragments.items() if piece.removeprefix("use ").strip(" :$,'") not in said}
    assert unsaid - COMPOSED == set()


def test_the_blanks_of_a_sentence_are_those_of_its_chinese() -> None:
    for part in SENTENCES.values():
        for english, chinese in part.items():
            assert set(re.findall(r"\{([a-z]+)\}", chinese)) <= set(re.findall(r"\{([a-z]+)\}", english)), english


def test_the_chinese_of_mistakes_ships_beside_the_words() -> None:
    assert Path(FOLDER / FILE).is_file()
