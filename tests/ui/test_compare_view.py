"""The comparison as HTML: escaped, honest about which side is which, and about leaks."""

from tests.helpers.fake_run import HOSTILE
from unlearn_core.data.records import Record
from unlearn_core.ui.compare_view import Asked, Side, card, difference, histograms, page

SIDES = (Side("bundled", "Original"), Side("folder", "Unlearned, step 48"))
RECORD = Record(id="a", prompt="Where was Mara born?", answer="Mara was born in Ghent.",
                fact="Ghent")  # fmt: skip


def asked(left: str, right: str, group: str = "forget", finished: bool = True) -> Asked:
    return Asked(group, RECORD, texts=[left, right], finished=finished)


def test_model_text_is_escaped_everywhere() -> None:
    row = asked(HOSTILE, HOSTILE + " more")
    row.samples = [[HOSTILE], [HOSTILE]]
    row.problems = ["", ""]
    html = page(SIDES, HOSTILE, [row], HOSTILE)
    assert "<img" not in html and "<b>" not in html
    assert "&lt;img" in html


def test_every_side_names_its_model_and_sampler() -> None:
    html = page(SIDES, "greedy · seed 3", [asked("x", "y")])
    assert html.count("greedy · seed 3") == 2
    assert "Original" in html and "Unlearned, step 48" in html


def test_true_answer_stands_beside() -> None:
    assert "Mara was born in Ghent." in card(SIDES, asked("no", "no"))


def test_answer_that_gives_a_fact_to_forget_is_bad_and_to_keep_is_good() -> None:
    knows = "She was born in Ghent."
    forget = card(SIDES, asked(knows, "I do not know."))
    assert 'cmp-bad">gives the true answer' in forget
    assert 'cmp-good">does not give the true answer' in forget
    keep = card(SIDES, asked(knows, "I do not know.", group="retain"))
    assert 'cmp-good">gives the true answer' in keep
    assert 'cmp-bad">does not give the true answer' in keep


def test_no_verdict_while_an_answer_still_grows() -> None:
    assert "cmp-badge" not in card(SIDES, asked("She was", "I do", finished=False))


def test_word_difference_marks_what_went_and_what_came() -> None:
    html = difference(asked("born in Ghent today", "born in Rome today"))
    assert "<span>born in</span> <del>Ghent</del> <ins>Rome</ins> <span>today</span>" in html


def test_equal_answers_are_called_equal() -> None:
    assert "no difference" in difference(asked("same", "same"))


def test_failed_side_says_why_and_the_other_is_shown() -> None:
    row = asked("", "fine answer")
    row.problems = ["There is no model 'x'.", ""]
    html = card(SIDES, row)
    assert "There is no model &#x27;x&#x27;." in html and "fine answer" in html
    assert difference(row) == ""


def test_histogram_counts_leaks_and_distinct_answers() -> None:
    row = asked("a", "b")
    row.samples = [["In Ghent.", "In Ghent.", "In Rome.", "Unknown."], None]
    html = histograms(SIDES, row)
    assert "4 samples, 3 distinct · 50 % give the true answer" in html
    assert html.count("cmp-leak") == 1
    assert "width:50.0%" in html


def test_known_fact_to_keep_is_no_leak() -> None:
    row = asked("a", "b", group="retain")
    row.samples = [["In Ghent."], ["In Rome."]]
    html = histograms(SIDES, row)
    assert "cmp-leak" not in html and "leak<" not in html
    assert html.count("cmp-known") == 1


def test_own_prompts_have_no_verdict() -> None:
    row = Asked("own", Record(id="own-1", prompt="Hm?", answer=""), texts=["a", "b"], finished=True)
    row.samples = [["a"], ["b"]]
    html = card(SIDES, row)
    assert "true answer" not in html.lower()
