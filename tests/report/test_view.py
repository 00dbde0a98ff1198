"""The parts of an audit: escaped, in words, with intervals and reasons, and with tables."""

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

import pytest

from tests.helpers.audits import (
    HOSTILE,
    NO_RETRAINED,
    NOT_TESTED,
    RIGHT_TO_LEFT,
    sample_audit,
    sample_gone,
    sample_without_retrained,
)
from tests.report.infos import ATTACKS, METRICS
from unlearn_core.attacks.registry import attacks
from unlearn_core.audits.result import AuditResult
from unlearn_core.audits.verdict import judge
from unlearn_core.report import view
from unlearn_core.report.race_page import reached
from unlearn_core.report.words import attack_words

Infos = Mapping[str, Any]


def attack_html(audit: dict, name: str, infos: Infos | None = None) -> str:
    return str(view.attack_html(AuditResult.of(audit), name, infos))


def knowledge_chart(audit: dict, infos: Infos | None = None) -> str:
    return str(view.knowledge_chart(AuditResult.of(audit), infos))


def metrics_html(audit: dict, infos: Infos | None = None) -> str:
    return str(view.metrics_html(AuditResult.of(audit), infos))


def side_effects_html(audit: dict) -> str:
    return str(view.side_effects_html(AuditResult.of(audit)))


def verdict_html(audit: dict) -> str:
    return str(view.verdict_html(AuditResult.of(audit)))


VOID = {"meta", "br", "path", "polyline"}


class Tags(HTMLParser):
    """Every tag, whether they close in order, and the text between."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.open: list[str] = []
        self.text = ""
        self.feed(str(html))
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        assert not any(name.startswith("on") for name, _ in attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def whole(audit: dict) -> str:
    attacks = [attack_html(audit, name, ATTACKS) for name in audit["findings"]]
    return "".join([verdict_html(audit), knowledge_chart(audit, ATTACKS), *attacks,
                    metrics_html(audit, METRICS), side_effects_html(audit)])  # fmt: skip


@pytest.mark.parametrize("make", [sample_audit, sample_gone, sample_without_retrained])
def test_every_part_is_well_formed_and_model_text_is_never_markup(make) -> None:
    tags = Tags(whole(make()))
    assert not tags.names & {"script", "img", "link", "iframe"}
    assert HOSTILE in tags.text
    assert RIGHT_TO_LEFT in tags.text


def test_the_verdict_has_every_line_the_quote_and_the_rules() -> None:
    audit = sample_audit()
    text = Tags(verdict_html(audit)).text
    for line in audit["verdict"]["lines"]:
        assert line["text"] in text
    for words in (audit["verdict"]["headline"], audit["verdict"]["quote"]["text"],
                  audit["verdict"]["quote"]["true"], *audit["verdict"]["rules"]):  # fmt: skip
        assert words in text


@pytest.mark.parametrize(
    ("level", "word"),
    [("gone", "Gone"), ("leaks", "Leaks"), ("traces", "Traces"), ("known", "Still known"),
     ("unclear", "Unclear")],
)  # fmt: skip
def test_every_level_has_its_word(level: str, word: str) -> None:
    verdict = {**sample_gone()["verdict"], "level": level, "lines": []}
    assert f"</b>{word}</span>" in verdict_html(sample_gone(verdict=verdict))


def test_results_are_told_in_words_with_interval_guessing_and_p() -> None:
    text = Tags(attack_html(sample_audit(), "prefilling", ATTACKS)).text
    assert "Found 5 of 40 facts; guessing alone finds 3.6 on average." in text
    assert "12.5 %, 95 % interval 5.5 to 26.1 %." in text
    assert "in 41 of 100 tries" in text
    assert "in fewer than 1 of 1,000 tries" in text


def test_a_share_of_answers_is_not_called_found_facts() -> None:
    text = Tags(attack_html(sample_audit(), "sampling", ATTACKS)).text
    assert "Share of answers that give the fact: 30 %; guessing alone reaches 19 %" in text
    assert "of 40 facts" not in text


def test_a_measure_of_detection_is_no_share_and_says_how_to_read_it() -> None:
    text = Tags(attack_html(sample_audit(), "membership", ATTACKS)).text
    assert "AUC: 0.61; guessing alone reaches 0.50 on average." in text
    assert "How to read it: 1 looks read, 0.5 cannot be told." in text


def test_without_p_nothing_is_said_of_guessing() -> None:
    text = Tags(attack_html(sample_audit(), "depth", ATTACKS)).text
    assert "Share of the change: 0.21." in text
    assert "uessing" not in text


def test_what_was_not_tested_is_shown_with_its_reason() -> None:
    audit = sample_audit()
    chart, attack = knowledge_chart(audit, ATTACKS), attack_html(audit, "relearning", ATTACKS)
    assert NOT_TESTED in Tags(chart).text
    assert NOT_TESTED in Tags(attack).text


def test_a_reason_that_all_models_share_is_told_once() -> None:
    bars = knowledge_chart(sample_audit(), ATTACKS).split("<details")[0]
    assert Tags(bars + "</figure>").text.count("bitsandbytes") == 1


def test_a_missing_model_has_no_bars_and_a_reason() -> None:
    chart = knowledge_chart(sample_without_retrained(), ATTACKS)
    assert 'rep-line rep-retrained"' not in chart
    assert NO_RETRAINED in Tags(chart).text
    assert 'rep-line rep-retrained"' in knowledge_chart(sample_audit(), ATTACKS)


def test_the_chart_has_a_table_and_says_each_row_aloud() -> None:
    chart = knowledge_chart(sample_audit(), ATTACKS)
    row = re.search(r'aria-label="Prefilled answers\. ([^"]*)"', chart)
    assert row and "Unlearned: found 5 of 40 facts" in row[1]
    table = chart[chart.index("<table") :]
    assert "<caption" in table and 'scope="row">Prefilled answers' in table
    assert "12.5 % (5.5 to 26.1 %)" in table and "9 %" in table and "0.41" in table


def test_bars_whiskers_and_the_level_of_guessing_stand_where_the_numbers_say() -> None:
    audit = sample_audit()
    audit["findings"] = {"prefilling": {"unlearned": audit["findings"]["prefilling"]["unlearned"]}}
    chart = knowledge_chart(audit, ATTACKS)
    assert 'class="rep-fill" style="width:12.50%"' in chart
    assert 'class="rep-chance" style="left:9.00%"' in chart
    assert 'class="rep-whisker" style="left:5.46%;width:20.65%"' in chart


def test_marks_are_those_of_the_verdict_where_attacks_are_judged_together() -> None:
    """One attack with p = 0.008 among a dozen is no leak, in the verdict, chart, page and table."""
    audit, known = sample_gone(), attacks()
    del audit["findings"]["logit-lens"]  # a trace in the sample, which has no p
    audit["findings"]["noise"]["unlearned"] |= {"value": 0.4, "chance": 0.1, "p": 0.008}

    def marked() -> list[str]:
        said = "; ".join(
            line.text for line in judge(AuditResult.of(audit), known).lines if line.kind == "leak"
        )
        chart, one = knowledge_chart(audit, known), attack_html(audit, "noise", known)
        unlearned = one.partition("rep-results")[2].partition("Unlearned")[2].partition("</li>")[0]
        noise = next(one for one in attack_words(audit["findings"], known) if one.name == "noise")
        places = {
            "verdict": known["noise"].title in said,
            "chart": "more than guessing" in chart,
            "page": "more than guessing" in unlearned,
            "table": reached(noise, [AuditResult.of(audit)]).won,
        }
        return [place for place, there in places.items() if there]

    assert marked() == []
    audit["findings"]["noise"]["unlearned"]["p"] = 0.0002
    assert marked() == ["verdict", "chart", "page", "table"]


def test_more_than_guessing_is_marked_only_where_it_is() -> None:
    def marked(audit: dict) -> bool:
        return "more than guessing" in knowledge_chart(audit, ATTACKS)

    assert marked(sample_audit())
    assert not marked(sample_gone())


def test_texts_come_leaks_first_and_the_same_text_once() -> None:
    audit = sample_audit()
    shots = audit["findings"]["prefilling"]["unlearned"]["shots"]
    first = {**shots[0], "leaked": False, "text": "I do not know."}
    last = {**shots[1], "record": "", "prompt": "Own prompt"}
    finding = {**audit["findings"]["prefilling"]["unlearned"], "shots": [first, first, last]}
    audit["findings"]["prefilling"] = {"unlearned": finding}
    html = attack_html(audit, "prefilling", ATTACKS)
    assert html.index("Own prompt") < html.index("I do not know.")
    assert html.count("I do not know.") == 1 and "2 times" in html
    assert "(3, 1 give the true answer)" in html


def test_curves_of_the_models_lie_over_each_other_and_have_a_table() -> None:
    html = attack_html(sample_audit(), "relearning", ATTACKS)
    assert html.count("<polyline") == 2
    assert html.count('<figure class="rep-curves"') == 1
    assert "<td>12.5 %</td>" in html


def test_metrics_show_direction_interval_and_why_there_is_none() -> None:
    html = metrics_html(sample_audit(), METRICS)
    by_group = [row for row in re.findall(r"<tr>.*?</tr>", html) if "Probability" in row]
    assert "↓ lower is better" in by_group[0] and "To forget" in by_group[0]
    assert "↑ higher is better" in by_group[1] and "To keep" in by_group[1]
    assert "→ near 0 is best" in html
    assert "0.931 to 0.971" in by_group[1]
    assert "1.9 × 10⁻²³" in html
    assert "set samples above 0" in html
    assert 'title="Probability &lt;help&gt;"' in html


def test_a_metric_without_any_value_is_told_once_with_its_reason() -> None:
    audit = sample_audit()
    empty = audit["metrics"]["gibberish"]["forget"]
    audit["metrics"] = {"gibberish": {"forget": empty, "retain": empty}}
    html = metrics_html(audit, METRICS)
    assert html.count("set samples above 0") == 1
    assert "To forget, To keep" in html


def test_few_untested_lines_are_shown_and_many_are_folded_into_one() -> None:
    def verdict(count: int) -> str:
        lines = [{"kind": "untested", "text": f"Attack {i}: why <{i}>"} for i in range(count)]
        return verdict_html(sample_audit(verdict={**sample_audit()["verdict"], "lines": lines}))

    assert verdict(3).count(">Not tested<") == 3
    many = verdict(9)
    assert many.count(">Not tested<") == 1 and "9 things" in many
    assert "Attack 8: why &lt;8&gt;" in many


def test_side_effects_say_how_much_was_lost() -> None:
    text = Tags(side_effects_html(sample_audit())).text
    assert "98.5 % 1.5 points fewer" in text
    assert "100 % no change" in text
    assert "2 of 3 subjects lost facts" in text
    assert "Ilse <Torvald> & sons" in text


@pytest.mark.parametrize("effects", [{}, {"groups": {}, "subjects": [], "hurt": []}])
def test_an_audit_with_nothing_in_it_says_so(effects: dict) -> None:
    audit = sample_audit(findings={}, metrics={}, side_effects=effects)
    assert "No attack was made." in knowledge_chart(audit, ATTACKS)
    assert "Nothing was measured." in metrics_html(audit, METRICS)
    assert "not measured" in side_effects_html(audit)


def test_the_registered_attacks_and_metrics_serve_where_none_are_given() -> None:
    audit = sample_audit()
    assert "Membership" in knowledge_chart(audit)
    assert "<table" in metrics_html(audit)
    assert "Relearning" in attack_html(audit, "relearning")
