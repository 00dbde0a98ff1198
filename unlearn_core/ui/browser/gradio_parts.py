"""What is known of the HTML of gradio's page, and nowhere else."""

import re

_FOREIGN = re.compile(r'\s*<meta\s+(?:property="og:|name="twitter:)[^>]*/>')
_CONFIG_SET = re.compile(r"<script>window\.gradio_config = .*?</script>", re.DOTALL)


def without_foreign_tags(page: str) -> str:
    """The page without what gradio tells others about a link to it."""
    return _FOREIGN.sub("", page)


def behind_config(page: str, ours: str) -> str:
    """The page with HTML behind the configuration and before gradio's own scripts.

    There the catalogs of languages are known and nothing has been drawn yet; gradio's `head` comes
    too late for that.
    """
    return _CONFIG_SET.sub(lambda found: found[0] + ours, page, 1)
