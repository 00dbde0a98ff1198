"""Line charts as inline SVG."""

import re

from unlearn_core.report.curves import Line, line_chart, thinned


def test_points_are_placed_on_the_axes() -> None:
    html = line_chart("T", [Line("A", "original", ((0, 0.0), (5, 0.5), (10, 1.0)))], "x", "y",
                      share=True)  # fmt: skip
    assert 'points="0.00,100.00 50.00,50.00 100.00,0.00"' in html
    assert "50 %" in html


def test_one_value_and_one_place_do_not_divide_by_zero() -> None:
    html = line_chart("T", [Line("A", "original", ((3, 0.0),))], "x", "y")
    assert 'points="50.00,100.00"' in html


def test_negative_values_have_room_below_zero() -> None:
    html = line_chart("T", [Line("A", "original", ((0, -3.0), (1, 1.0)))], "x", "y")
    ys = [
        float(y) for y in re.findall(r"[\d.]+,([\d.]+)", re.findall(r'points="([^"]*)"', html)[0])
    ]
    assert all(0 <= y <= 100 for y in ys)


def test_no_points_no_chart() -> None:
    assert line_chart("T", [Line("A", "original", ())], "x", "y") == ""


def test_many_points_are_thinned_without_losing_a_peak() -> None:
    points = [(float(x), 1.0 if x == 777 else 0.0) for x in range(5000)]
    kept = thinned(points)
    assert len(kept) <= 400
    assert (777.0, 1.0) in kept
    assert kept == sorted(kept)


def test_a_long_table_says_how_many_rows_it_leaves_out() -> None:
    line = Line("A", "original", tuple((float(x), 0.5) for x in range(1000)))
    html = line_chart("T", [line], "step", "y")
    assert re.search(r"\d+ of 1000 rows", html)
    assert '<th scope="row">999</th>' in html


def test_labels_are_escaped() -> None:
    html = line_chart("<T>", [Line("<A>", "original", ((0, 1.0),))], "<x>", "<y>")
    assert not re.search("<(T|A|x|y)>", html)
