"""Sealed values are shown with their middle hidden."""

import pytest

from service.masking import mask_all, mask_text, masked, masks, tokens_in

NAME, RESIDENT = "nam_" + "0" * 20, "rid_" + "1" * 20


@pytest.mark.parametrize(
    ("kind", "secret", "shown"),
    [
        ("person_name", "王秀兰", "王*兰"), ("person_name", "王兰", "王*"), ("person_name", "欧阳小兰", "欧**兰"), ("person_name", "王", "*"),
        ("resident_id", "320623194003070011", "3206***********011"), ("phone", "13900000002", "139****0002"),
        ("bank_account", "6222020000000000018", "6222***********0018"), ("phone", "12345", "*****"), ("device", "AA:BB:CC", "AA****CC"),
    ],
)  # fmt: skip
def test_the_middle_of_a_secret_is_hidden(kind: str, secret: str, shown: str) -> None:
    assert masked(kind, secret) == shown


def test_pseudonyms_in_a_text_are_masked_and_unknown_ones_stay() -> None:
    seen = masks({NAME: "王秀兰"})
    assert mask_text(f"反映人【姓名:{NAME}】，证件{RESIDENT}", seen) == f"反映人王*兰，证件{RESIDENT}"


def test_ids_for_programs_are_not_masked() -> None:
    seen = masks({NAME: "王秀兰", RESIDENT: "320623194003070011"})
    tree = {"subject_id": RESIDENT, "subject": f"{NAME}（{RESIDENT}）", "rows": [{"cells": [NAME, None, 3]}]}
    assert mask_all(tree, seen) == {
        "subject_id": RESIDENT,
        "subject": "王*兰（3206***********011）",
        "rows": [{"cells": ["王*兰", None, 3]}],
    }
    assert tokens_in(str(tree)) == {NAME, RESIDENT}
