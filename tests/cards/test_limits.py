"""A slip in a template ends in an error that names its line, whatever it would have cost."""

import pytest

from metazoo.cards import limits
from metazoo.cards.environment import card_environment, render
from metazoo.errors import TemplateError


@pytest.fixture
def shown(tmp_path):
    """Render a template on the second line of a card."""
    environment = card_environment(tmp_path, tmp_path)

    def shown(text, **scope):
        (tmp_path / "mine.md").write_text(f"Card\n{text}\n")
        return render(environment, "mine.md", **scope).split("\n", 1)[1].rstrip("\n")

    return shown


@pytest.mark.parametrize(
    "expression",
    [
        "'a' * 10**10",
        "10**10 * 'a'",
        "[1] * 10**10",
        "(1,) * 10**10",
        "10**(10**10)",
        "(10**4000) * (10**4000)",
        "'%10000000000d' % 1",
        "'%*d' % (10000000000, 1)",
        "'%(a)10000000000d' % {'a': 1}",
        "'{:>10000000000}'.format(1)",
        "'{:>{}}'.format(1, 10000000000)",
        "'{:>{w}}'.format(1, w=10000000000)",
        "'{a:>10000000000}'.format_map({'a': 1})",
        "'a'.center(10000000000)",
        "'a'.ljust(10000000000)",
        "'a'.rjust(10000000000)",
        "'a'.zfill(10000000000)",
        "'\\t'.expandtabs(10000000000)",
        "('a' * 10000).join(['b'] * 10000)",
        "('a' * 10000).join((['b'] * 10000) | map('upper'))",
        "('a' * 10000).replace('a', 'b' * 10000)",
        "('a' * 10000).replace('', 'b' * 10000)",
        "('a' * 10000).translate({97: 'b' * 10000})",
        "'a' | center(10000000000)",
        "'a' | center(width=10000000000)",
        "'a' | indent(10000000000, true)",
        "('a\\n' * 10000) | indent(10000)",
        "('a\\n' * 10000) | indent('b' * 10000)",
        "(['b'] * 10000) | join('a' * 10000)",
        "(['b'] * 10000) | map('upper') | join('a' * 10000)",
        "range(10000) | join('a' * 10000)",
        "('a' * 10000) | replace('a', 'b' * 10000)",
        "'%10000000000d' | format(1)",
        "'%*d' | format(10000000000, 1)",
        "('a ' * 10000) | wordwrap(1, wrapstring='b' * 10000)",
        "[1] | batch(10000000000, 'x') | list",
        "[1] | slice(10000000000) | list",
        "1.5 | round(10000000000, 'ceil')",
        "{'a': [1]} | tojson(indent=10000000000)",
        "('a' * 10000000) ~ ('a' * 10000001)",
        "('a' * 10000000) + ('a' * 10000001)",
    ],
)
def test_an_expression_that_makes_too_much_is_refused(shown, expression):
    with pytest.raises(TemplateError, match=r"mine\.md:2: (the expressions|this makes a number)"):
        shown("{% set x = " + expression + " %}")


@pytest.mark.parametrize(
    "template",
    [
        "{% for i in range(99999) %}{% for k in range(99999) %}{% endfor %}{% endfor %}",
        "{% for i in range(99999) %}{% for k in range(99999) if k > 5 %}{% endfor %}{% endfor %}",
        (
            "{% macro m() %}{% for i in range(99999) %}{% endfor %}{% endmacro %}"
            "{% for i in range(99999) %}{{ m() }}{% endfor %}"
        ),
        (
            "{% set ns = namespace(x='ab') %}"
            "{% for i in range(40) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}"
        ),
        (
            "{% set ns = namespace(x='ab') %}"
            "{% for i in range(40) %}{% set ns.x = ns.x + ns.x %}{% endfor %}"
        ),
        (
            "{% set ns = namespace(x='ab') %}"
            "{% for i in range(40) %}{% set ns.x %}{{ ns.x }}{{ ns.x }}{% endset %}{% endfor %}"
        ),
        (
            "{% set ns = namespace(x=[1]) %}"
            "{% for i in range(40) %}{% set ns.x = ns.x + ns.x %}{% endfor %}"
        ),
        "{% for i in range(99999) %}{{ 'a' * 1000 }}{% endfor %}",
        "{% for i in range(99999) %}" + "static " * 100 + "{% endfor %}",
        "{% set long %}" + "a" * 10000 + "{% endset %}"
        "{% for i in range(99999) %}{{ long }}{% endfor %}",
    ],
)
def test_a_page_that_takes_too_much_is_refused(shown, template):
    with pytest.raises(TemplateError, match=r"mine\.md:2: (the|this) "):
        shown(template)


@pytest.mark.parametrize(
    ("template", "text"),
    [
        (
            "{{ 'ab' * 3 }}{{ 2 * 3 }}{{ 2 ** 10 }}{{ (-1) ** 99999999 }}{{ 2 ** -1 }}",
            "ababab61024-10.5",
        ),
        ("{{ 'a' ~ 1 ~ none }}{{ 'a' + 'b' }}{{ ([1] + [2]) | length }}", "a1Noneab2"),
        ("{{ '%05.1f' % 1.25 }}{{ '%s-%s' % ('a', 'b') }}{{ 7 % 4 }}", "001.2a-b3"),
        ("{{ '{:0>4}'.format(1) }}{{ '{a}'.format(a='b') }}{{ 'a'.center(3, '-') }}", "0001b-a-"),
        ("{{ ['a', 'b'] | map('upper') | join(', ') }}{{ ','.join(['a', 'b']) }}", "A, Ba,b"),
        (
            "{{ 'a b' | replace(' ', '-') }}{{ 'a' | center(3) | length }}{{ 1.26 | round(1) }}",
            "a-b31.3",
        ),
        ("{{ '%s %d' | format('a', 1) }}{{ [1, 2, 3] | batch(2) | list | length }}", "a 12"),
        ("{% for i in [1, 2, 3] %}{{ i }}{% if loop.last %}.{% endif %}{% endfor %}", "123."),
        ("{% for i in [] %}x{% else %}none{% endfor %}{{ loop is defined }}", "noneFalse"),
        ("{% for i in 'ab' %}{{ loop.index }}/{{ loop.length }} {% endfor %}", "1/2 2/2 "),
        ("{% for k, v in {'a': 1}.items() %}{{ k }}{{ v }}{% endfor %}", "a1"),
        (
            (
                "{% for x in [[1, [2]]] recursive %}{% if x is iterable %}({{ loop(x) }})"
                "{% else %}{{ x }}{% endif %}{% endfor %}"
            ),
            "(1(2))",
        ),
    ],
)
def test_what_templates_do_goes_on(shown, template, text):
    assert shown(template).strip() == text.strip()


def test_text_that_was_escaped_stays_so(shown):
    assert shown("{{ ('<' | e) ~ '<' }}") == shown("{{ '<' | e }}") + "&lt;"


def test_the_last_round_and_the_last_character_are_allowed(shown, monkeypatch):
    monkeypatch.setattr(limits, "MOST_STEPS", 12)
    loop = "{% for i in range(3) %}{% for k in range(N) %}{% endfor %}{% endfor %}"
    assert shown(loop.replace("N", "3")) == ""
    with pytest.raises(TemplateError, match="more than 12 rounds"):
        shown(loop.replace("N", "4"))
    monkeypatch.setattr(limits, "MOST_CHARACTERS", 10)
    # "Card\n" and the line's end are of the page too.
    assert shown("{{ 'a' * 4 }}") == "aaaa"
    with pytest.raises(TemplateError, match="this makes more than 10 characters"):
        shown("{{ 'a' * 5 }}")
    with pytest.raises(TemplateError, match="texts of more than 10 characters"):
        shown("{% set x = 'a' * 11 %}")
    assert shown("{% set x = 'a' * 10 %}") == ""


def test_each_page_has_a_budget_of_its_own(shown, monkeypatch):
    monkeypatch.setattr(limits, "MOST_STEPS", 3)
    for _ in range(3):
        assert shown("{% for i in range(3) %}{{ i }}{% endfor %}") == "012"
