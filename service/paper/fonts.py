"""Fonts: those the standard names where the office has them, a free one in their place for a PDF made without them.

The Word file always names 方正小标宋简体, 仿宋_GB2312, 楷体_GB2312, 黑体 and 宋体; the office's computers have them. Where a PDF is made they
are looked for among the system's fonts and in GUANTONG_FONTS; what is missing is replaced in this order. Free ones: FandolFang,
FandolKai, FandolHei, FandolSong (Debian: texlive-lang-chinese), AR PL UKai (fonts-arphic-ukai), Noto CJK (fonts-noto-cjk).
"""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from service.paper.layout import FANG, HEI, KAI, SONG, XIAOBIAO

NOTO_SERIF, NOTO_SANS = "Noto Serif CJK SC", "Noto Sans CJK SC"
INSTEAD: dict[str, tuple[str, ...]] = {
    XIAOBIAO: (
        "方正小标宋_GBK",
        "FZXiaoBiaoSong-B05S",
        "方正小标宋",
        "STZhongsong",
        "华文中宋",
        "Noto Serif CJK SC SemiBold",
        NOTO_SERIF,
    ),
    FANG: (
        "FangSong_GB2312",
        "仿宋",
        "FangSong",
        "STFangsong",
        "华文仿宋",
        "方正仿宋_GBK",
        "FandolFang R",
        "FandolFang",
        NOTO_SERIF,
    ),
    KAI: ("KaiTi_GB2312", "楷体", "KaiTi", "STKaiti", "华文楷体", "方正楷体_GBK", "FandolKai", "AR PL UKai CN", NOTO_SERIF),
    HEI: ("SimHei", "方正黑体_GBK", "STHeiti", "FandolHei", NOTO_SANS),
    SONG: ("SimSun", "方正书宋_GBK", "STSong", "FandolSong", NOTO_SERIF),
}
"""Font of the standard -> what may stand in for it, the nearest first: the same face by another name, another's cut of it, a free one."""


def configuration(folders: Sequence[Path], cache: Path) -> str:
    """A fontconfig file: the system's fonts, those of the folders, and what stands in for what."""
    places = "".join(f"<dir>{escape(str(folder))}</dir>" for folder in folders)
    aliases = "".join(
        f'<match target="pattern"><test name="family"><string>{name}</string></test>'
        f'<edit name="family" mode="append" binding="strong">{"".join(f"<string>{one}</string>" for one in instead)}</edit></match>'
        for name, instead in INSTEAD.items()
    )
    return (
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        '<include ignore_missing="yes">/etc/fonts/fonts.conf</include>'
        f"{places}{aliases}<cachedir>{escape(str(cache))}</cachedir></fontconfig>"
    )


def stand_ins(folders: Sequence[Path], scratch: Path) -> dict[str, str]:
    """Font of the standard -> the family a PDF made here shows it in; empty when this machine has no fontconfig to ask."""
    asking = shutil.which("fc-match")
    if asking is None:
        return {}
    written = scratch / "fonts.conf"
    written.write_text(configuration(folders, scratch / "cache"), encoding="utf-8")
    found = {}
    for name in INSTEAD:
        answer = subprocess.run(
            [asking, "-f", "%{family[0]}", name], env={"FONTCONFIG_FILE": str(written)}, capture_output=True, text=True, timeout=60, check=False
        )  # fmt: skip
        found[name] = answer.stdout.strip()
    return found
