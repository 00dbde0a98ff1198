"""Settings of attacks, as a person gives them."""

import pytest

from unlearn_core.audits.attack_settings import (
    attack_settings,
    checked_configs,
    in_words,
    read_assignments,
)
from unlearn_core.audits.spec import AuditSpec
from unlearn_core.errors import InvalidInput
from unlearn_core.settings.config import parse


def test_every_setting_can_be_given_as_text_what_it_is() -> None:
    for effort in ("quick", "thorough"):
        for one in attack_settings(effort):
            configs = {one.attack: {one.setting.name: one.value}}
            text = in_words(checked_configs(configs, effort)).replace(" = ", "=")
            assert checked_configs(read_assignments([text])) == checked_configs(configs), one.key


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sampling.samples=0", "attack sampling: samples is '0', but it must be a whole number"),
        ("sampling.colour=1", "attack sampling has no setting 'colour'"),
        ("smpling.samples=1", "There is no attack 'smpling'. Did you mean 'sampling'"),
        ("samples=1", "Write ATTACK.SETTING=VALUE"),
    ],
)
def test_what_cannot_be_set_is_said_in_a_sentence(text: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        checked_configs(read_assignments([text]))


def test_a_spec_holds_checked_values_and_old_ones_open() -> None:
    spec = AuditSpec(attack_configs={"sampling": {"samples": "50"}})
    assert spec.model_dump(mode="json")["attack_configs"] == {"sampling": {"samples": 50}}
    assert AuditSpec.model_validate(spec.model_dump(mode="json")) == spec
    assert AuditSpec().attack_configs == {}
    with pytest.raises(InvalidInput, match="from 1 to 10000"):
        parse(AuditSpec, {"attack_configs": {"sampling": {"samples": 0}}}, "audit")
