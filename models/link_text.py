"""Names and addresses made comparable (名称地址规整), in SQL: full-width signs, legal forms, old names, branches, places.

The macros are made once in the connection that links; every one takes and gives VARCHAR, NULL for NULL.
"""

from duckdb import DuckDBPyConnection

_WIDE = "".join(chr(code) for code in range(0xFF01, 0xFF5F))
_NARROW = "".join(chr(code) for code in range(0x21, 0x7F))
# 全角 signs and the brackets and blanks that input methods mix, each with the plain sign it stands for
_SIGNS = (_WIDE + "　【】〔〕「」《》、。·—－", _NARROW + " ()()()().,..--")

_FORMS = (
    ("集团股份有限公司|股份有限责任公司|股份有限公司|股份公司", "股份"),
    # 公司法: 有限责任公司 and 有限公司 are one form written two ways
    ("有限责任公司|责任有限公司|有限公司", "有限"),
    ("农民专业合作社|农业专业合作社|专业合作社|合作社", "合作社"),
    (r"\bS\.? ?R\.? ?L\.?$|\bS\.? ?R\.? ?L\b", "SRL"),
    (r"\bE\.? ?I\.? ?R\.? ?L\b\.?", "EIRL"),
    (r"\bS\.? ?A\.? ?S\b\.?", "SAS"),
    (r",? \bS\.? ?A\b\.?$", "SA"),
    (r"\bSDN\.? ?BHD\b\.?", "SDNBHD"),
    (r"\b(CO(MPANY)?\.?,? ?)?(LIMITED|LTD)\b\.?", "LTD"),
    (r"\b(INCORPORATED|INC|CORPORATION|CORP)\b\.?", "INC"),
    (r"\b(LLC|L\.L\.C\.|OOO|LLP)\b\.?|ООО|ՍՊԸ", "LLC"),
    (r"\b(PVT|PRIVATE)\b\.?", "PVT"),
)
"""Legal forms (组织形式) and how each is called here; the first that fits counts."""


def _form_case() -> str:
    whens = " ".join(f"WHEN regexp_matches(t, '{pattern}') THEN '{form}'" for pattern, form in _FORMS)
    return f"CASE {whens} END"


def _without_form(text: str) -> str:
    for pattern, _ in _FORMS:
        text = f"regexp_replace({text}, '{pattern}', ' ', 'g')"
    return text


def make_macros(con: DuckDBPyConnection) -> None:
    """plain_text, old_name, without_old, parent_name, legal_form, bare_name, plain_address, scheme, good_code, town_of, source_row."""
    wide, narrow = (signs.replace("'", "''") for signs in _SIGNS)
    for macro in (
        f"plain_text(t) AS nullif(trim(regexp_replace(upper(translate(t, '{wide}', '{narrow}')), '\\s+', ' ', 'g')), '')",
        # 新名(原: 旧名) and 新名(曾用名 旧名)
        r"old_name(t) AS nullif(regexp_extract(t, '\((?:原名?|曾用名|旧名)[:为是 ]*([^)]+)\)', 1), '')",
        r"without_old(t) AS trim(regexp_replace(t, '\((?:原名?|曾用名|旧名)[^)]*\)', ''))",
        # a branch is named after its firm: 甲有限公司乙分公司
        r"parent_name(t) AS nullif(regexp_extract(t, '^(.+?公司).{0,14}(?:分公司|分店|营业部|分厂|办事处|项目部)$', 1), '')",
        f"legal_form(t) AS {_form_case()}",
        "bare_name(t) AS nullif(regexp_replace(" + _without_form("strip_accents(t)") + r", '[^\p{L}\p{N}]', '', 'g'), '')",
        # 江临县人民路12号 and 人民路12: the road and its number tell houses apart; county and 号 are habits of writing
        r"bare_address(t) AS regexp_replace(strip_accents(plain_text(t)), '^.{2,8}?(省|市|县|区)(.{2,8}?(市|县|区))?', '')",
        r"plain_address(t) AS nullif(trim(regexp_replace(regexp_replace(bare_address(t), '号院|号楼|号|栋|幢|座|室', '-', 'g'), "
        r"'[^\p{L}\p{N}]+', '-', 'g'), '-'), '')",
        # 工商注册号 of 13 or 15 digits, replaced by the credit code in 2015; foreign numbers go by what stands before their digits
        r"scheme(c) AS CASE WHEN regexp_full_match(c, '\d{13}|\d{15}') THEN 'old' WHEN length(c) BETWEEN 17 AND 19 AND c ^@ '9' THEN 'credit'"
        r" ELSE regexp_extract(c, '^\D*') END",
        "town_of(t) AS left(t, 9)",
        "source_row(name, b, s, r) AS name || '/' || coalesce(b, '') || '/' || coalesce(s, '') || '/' || coalesce(r::VARCHAR, '')",
    ):
        con.execute(f"CREATE OR REPLACE TEMP MACRO {macro}")
    _make_code_macro(con)


def _make_code_macro(con: DuckDBPyConnection) -> None:
    """good_code: false for a unified social credit code whose check character does not fit (GB 32100, MOD 31), and for an old number."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    weights = "[1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]"
    total = f"list_sum(list_transform(range(1, 18), lambda i: (strpos('{alphabet}', c[i]) - 1) * {weights}[i]))"
    con.execute(
        "CREATE OR REPLACE TEMP MACRO good_code(c) AS CASE WHEN scheme(c) = 'credit'"
        f" THEN regexp_full_match(c, '[{alphabet}]{{18}}') AND substr('{alphabet}', ((31 - {total} % 31) % 31 + 1)::INT, 1) = c[18]"
        " WHEN scheme(c) = 'old' THEN false ELSE c IS NOT NULL END"
    )
