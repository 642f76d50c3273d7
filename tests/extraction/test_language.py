from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.extraction.language import detect


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("North Korea fired two missiles toward the sea, the military in Seoul said on Tuesday.", "en"),
        ("N. Korea fires 2 SRBMs", "en"),
        ("Kim Jong Un, Xi Jinping, Putin", "en"),
        ("Taiwan detects 45 Chinese aircraft near island", "en"),
        ("북한이 동해상으로 단거리 탄도미사일 2발을 발사했다고 합참이 밝혔다.", "ko"),
        ("북한, SRBM 2발 발사", "ko"),
        ("北朝鮮が弾道ミサイルを発射したと防衛省が発表した。", "ja"),
        ("中国军机进入台湾西南空域，台方派机监视。", "zh"),
        ("共機擾台", "zh"),
        ("Северная Корея запустила две баллистические ракеты в сторону моря.", "ru"),
        ("La Corée du Nord tire deux missiles balistiques vers la mer du Japon", "fr"),
        ("Nordkorea feuert in der Nacht zwei Raketen in Richtung Meer ab, meldet die Armee in Seoul", "de"),
        ("Corea del Norte lanza misiles", "es"),
        ("Triều Tiên phóng tên lửa đạn đạo ra biển", "vi"),
    ],
)
def test_a_text_is_in_its_language(text: str, language: str) -> None:
    assert detect(text) == language


@pytest.mark.parametrize("text", ["", " ", "🚀🚀", "1234 5678", "Missile!", "KCNA", "\ud800"])
def test_what_tells_nothing_counts_as_english(text: str) -> None:
    assert detect(text) == "en"


def test_an_english_text_that_quotes_a_name_stays_english() -> None:
    assert detect("The North named the missile 화성-18 and the ship 崔賢, state media said.") == "en"


def test_a_foreign_text_that_quotes_english_stays_foreign() -> None:
    assert detect("북한이 신형 미사일 Hwasong-18을 발사했다고 조선중앙통신(KCNA)이 보도했다") == "ko"


@given(st.text())
def test_any_text_has_a_language(text: str) -> None:
    assert 2 <= len(detect(text)) <= 3
