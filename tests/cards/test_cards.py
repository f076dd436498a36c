"""What cards say of good and of bad data, and that a fault never takes the site down."""

import html
import json
import os
import re
import subprocess

import pytest

from metazoo.cards.changes import last_changes
from metazoo.cards.zoo import zoo_of
from metazoo.findings import Severity
from metazoo.index.reader import read_index
from metazoo.verify.compare import verify_index
from tests.cards.conftest import rendered

CARD = "models/alpha-net.md"


def row(page, name):
    """The cells of a variant's row: each number, and the sentence that comes with it."""
    table = page.content.split('class="mz-table mz-variants"')[1].split("</table>")[0]
    line = next(r for r in table.split("<tr>") if f'href="#{name}"' in r)
    return re.findall(
        r'data-verdict="([^"]*)" href="[^"]*">([^<]*)<span class="mz-tip"> ([^<]*)<', line
    )


def test_every_number_says_what_became_of_it(zoo):
    pages, _ = rendered(zoo)
    wrong = row(pages[CARD], "alpha_base.wrong")
    assert wrong[2] == (
        "differs",
        "8.46",
        "Differs: declared 5,472,648,192 (−35.3 %), measured 8,460,959,744 floating-point operations.",
    )
    assert wrong[0][0] == "verified"
    unmeasured = row(pages[CARD], "alpha_huge.unmeasured")
    assert [cell[0] for cell in unmeasured] == ["not measured", "not measured"]


def only_model(zoo, name, *, declared):
    """Let the small zoo have one model, with what it declares or without."""
    alpha = zoo / "families" / "alpha.yml"
    facts = {
        "alpha_small.good": "FLOPs: 2000000000",
        "alpha_base.wrong": "FLOPs: 5472648192",
        "alpha_huge.unmeasured": "FLOPs: 5",
    }
    metadata = f"  Metadata: {{{facts[name]}}}\n" if declared else ""
    alpha.write_text(
        f"Collections:\n- Name: Alpha Net\nModels:\n- Name: {name}\n  In Collection: Alpha Net\n"
        + metadata
    )


@pytest.mark.parametrize(
    ("name", "declared", "status", "mark"),
    [
        ("alpha_small.good", True, "verified", "verified"),
        ("alpha_small.good", False, "measured", "undeclared"),
        ("alpha_base.wrong", True, "differs", "differs"),
        ("alpha_huge.unmeasured", True, "not measured", "not measured"),
        ("alpha_huge.unmeasured", False, "not measured", "not measured"),
    ],
)
def test_the_badge_of_a_card_says_what_the_data_says(zoo, name, declared, status, mark):
    only_model(zoo, name, declared=declared)
    pages, _ = rendered(zoo)
    model = json.loads(pages["api/models.json"].content)["models"][0]
    assert (model["name"], model["status"]) == (name, status)
    summary = pages[CARD].content.split("<summary>")[1].split("</summary>")[0]
    assert re.findall(r'data-verdict="([^"]*)">([^<]*)<', summary) == [(status, status)]
    of_all = re.findall(r'data-verdict="([^"]*)" href="#verification">', pages[CARD].content)
    assert of_all == [mark]
    table = pages["models/index.md"].content.split("Alpha Net", 1)[1].split("</tr>")[0]
    assert re.findall(r'data-verdict="([^"]*)"', table) == [mark]


def test_a_zoo_that_counts_macs_is_verified_as_such(zoo):
    index = zoo / "index.yml"
    index.write_text(index.read_text().replace("flops", "macs"))
    alpha = zoo / "families" / "alpha.yml"
    alpha.write_text(alpha.read_text().replace("FLOPs: 2000000000", "FLOPs: 1000000000"))
    pages, _ = rendered(zoo)
    flops = row(pages[CARD], "alpha_small.good")[2]
    assert flops[:2] == ("verified", "2.00")
    assert "counts multiply-accumulates" in flops[2]


def test_a_family_without_a_card_gets_the_packaged_one(zoo):
    (zoo / "docs" / "models" / "alpha-net.md").unlink()
    pages, findings = rendered(zoo)
    assert findings == []
    assert "## Variants" in pages[CARD].content
    assert pages[CARD].source == zoo / "families" / "alpha.yml"


def test_without_records_the_numbers_are_declared(zoo):
    (zoo / "measured" / "alpha.json").unlink()
    pages, findings = rendered(zoo)
    assert findings == []
    assert "This family has not been measured yet" in pages[CARD].content
    assert "Nothing has been measured yet" in pages["verification.md"].content


def test_a_damaged_record_is_said_and_the_cards_are_made(zoo):
    (zoo / "measured" / "alpha.json").write_text("{")
    pages, findings = rendered(zoo)
    assert [f.severity for f in findings] == [Severity.ERROR]
    assert findings[0].location.file.endswith("alpha.json")
    assert CARD in pages


def test_a_file_that_cannot_be_read_leaves_the_other_families(zoo):
    (zoo / "families" / "alpha.yml").write_text("Models: [")
    pages, findings = rendered(zoo)
    assert "models/solo-only.md" in pages
    assert any(f.location.file.endswith("alpha.yml") and f.location.line for f in findings)
    for uri in ("index.md", "models/index.md", CARD):
        assert "families/alpha.yml" in pages[uri].content


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("# A\n\n{{ nothing }}\n", "alpha-net.md:3: 'nothing' is undefined"),
        ("# A\n\n{% if %}\n", "alpha-net.md:3: Expected an expression"),
        ("# A\n{% include 'no.md' %}\n", "there is no template 'no.md'"),
        ("# A\n{{ family.__class__.__mro__ }}\n", "alpha-net.md:2"),
        ("# A\n{{ ''.__class__ }}\n", "alpha-net.md:2"),
        ("# A\n{% for i in range(10**9) %}{% endfor %}\n", "alpha-net.md:2"),
        ("# A\n{{ 'a' * 10**10 }}\n", "alpha-net.md:2: the expressions of this page make"),
        (
            "# A\n{% for i in range(99999) %}\n{% for k in range(90000) %}{% endfor %}{% endfor %}",
            "alpha-net.md:3: the loops of this page take",
        ),
        ("# A\n{{ 1 / 0 }}\n", "ZeroDivisionError"),
        ("# A\n{% include '../../../index.yml' %}\n", "there is no template"),
    ],
)
def test_a_broken_template_is_named_and_gives_way(zoo, template, said):
    (zoo / "docs" / "models" / "alpha-net.md").write_text(template)
    pages, findings = rendered(zoo)
    assert [f.code for f in findings] == ["MZ801"]
    assert said in findings[0].message
    assert "This page has an error" in pages[CARD].content
    assert "## Variants" in pages[CARD].content
    assert str(zoo) not in pages[CARD].content


def test_a_broken_shared_part_breaks_no_other_page(zoo):
    (zoo / "docs" / "_includes" / "variants.md").write_text("{{ nothing }}")
    pages, findings = rendered(zoo)
    assert {f.code for f in findings} == {"MZ801"}
    assert "This page has an error" in pages[CARD].content
    assert "This page has an error" not in pages["models/index.md"].content


def test_a_card_of_no_family_is_said(zoo):
    (zoo / "docs" / "models" / "beta.md").write_text("# Beta\n")
    pages, findings = rendered(zoo)
    assert [(f.code, f.severity) for f in findings] == [("MZ802", Severity.WARNING)]
    assert "alpha-net" in pages["models/beta.md"].content


def test_two_families_of_nearly_the_same_name_have_two_pages(zoo):
    solo = zoo / "families" / "solo.yml"
    solo.write_text(
        "Models:\n- Name: a\n  In Collection: Alpha-Net\n- Name: b\n  In Collection: alpha net\n"
    )
    pages, _ = rendered(zoo)
    assert {"models/alpha-net.md", "models/alpha-net-2.md", "models/alpha-net-3.md"} <= set(pages)


def test_an_empty_index_still_has_its_pages(zoo):
    (zoo / "index.yml").write_text("Library:\n  Name: Empty\n")
    pages, _ = rendered(zoo)
    assert {"index.md", "models/index.md", "verification.md"} <= set(pages)


def test_html_blocks_hold_no_empty_line(zoo):
    """An empty line ends an HTML block in CommonMark; the rest would be shown as code or text."""
    pages, _ = rendered(zoo)
    for page in pages.values():
        for tag in ("table", "dl", "figure", "ul"):
            for block in re.findall(rf"<{tag}[ >].*?</{tag}>", page.content, re.DOTALL):
                assert "\n\n" not in block, (page.uri, block[:200])


def commit(folder, day):
    """Commit everything in a folder, as if on that day."""
    identity = {"GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org"}
    identity |= {"GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.org"}
    when = {"GIT_AUTHOR_DATE": f"{day}T12:00:00Z", "GIT_COMMITTER_DATE": f"{day}T12:00:00Z"}
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "A change"]):
        subprocess.run(
            ["git", *arguments], cwd=folder, env={**os.environ, **identity, **when}, check=True
        )


def test_a_card_leads_to_its_facts_and_says_when_they_changed(zoo):
    commit(zoo, "2026-01-31")
    solo = zoo / "families" / "solo.yml"
    solo.write_text(solo.read_text() + "# A remark.\n")
    commit(zoo, "2026-02-28")
    pages, _ = rendered(zoo, edit_url="https://example.org/edit/main/")
    alpha, solo = (pages[f"models/{name}.md"].content for name in ("alpha-net", "solo-only"))
    assert '<time datetime="2026-02-28">' in solo
    assert 'href="https://example.org/edit/main/families/solo.yml"' in solo
    assert "2026-02-28" not in alpha


def test_a_shallow_clone_does_not_know_when_anything_changed(zoo, tmp_path):
    commit(zoo, "2026-01-31")
    commit_again = zoo / "index.yml"
    commit_again.write_text(commit_again.read_text() + "\n")
    commit(zoo, "2026-02-28")
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", "--depth=1", f"file://{zoo}", clone], check=True)
    pages, _ = rendered(clone)
    assert "are in <code>families/" in pages["models/solo-only.md"].content
    assert "<time" not in pages["models/solo-only.md"].content


@pytest.mark.parametrize(
    "name", [b"a\xff.yml", b"b\nc.yml", b"@2020-01-01.yml", b'\xc3\xa9 "x\\.yml', b"-x.yml"]
)
def test_the_history_has_files_of_any_name(zoo, name):
    file = zoo / "families" / os.fsdecode(name)
    (zoo / "families" / "solo.yml").rename(file)
    (zoo / "families" / "zzz.txt").write_text("")
    commit(zoo, "2026-01-31")
    (zoo / "zzz.txt").write_text("")
    commit(zoo, "2026-02-28")
    assert last_changes(zoo)[file] == "2026-01-31"
    assert last_changes(zoo)[zoo / "zzz.txt"] == "2026-02-28"
    pages, findings = rendered(zoo, edit_url="https://example.org/edit/main/")
    assert findings == []
    assert '<time datetime="2026-01-31">' in pages["models/solo-only.md"].content
    for page in pages.values():
        page.content.encode("utf-8")


NINETY = "Models:\n- Name: solo.only\n  Metadata: {FLOPs: ninety}\n- Name: other\n"


def test_what_check_calls_an_error_is_said_and_on_the_card_of_its_model(zoo):
    (zoo / "families" / "solo.yml").write_text(NINETY)
    pages, findings = rendered(zoo)
    assert [(f.code, f.severity, f.location.line) for f in findings] == [
        ("MZ301", Severity.ERROR, 3)
    ]
    with_fault = [uri for uri, page in pages.items() if "This page has an error" in page.content]
    assert with_fault == ["models/solo-only.md"]
    assert "families/solo.yml:3:" in html.unescape(pages["models/solo-only.md"].content)


def test_an_error_of_no_model_is_on_the_cards_of_its_file(zoo):
    alpha = zoo / "families" / "alpha.yml"
    alpha.write_text(alpha.read_text().replace("https://arxiv.org/", "javascript:arxiv/", 1))
    pages, findings = rendered(zoo)
    assert {f.model for f in findings} == {None}
    assert "This page has an error" in pages[CARD].content
    assert "This page has an error" not in pages["models/solo-only.md"].content


def test_a_warning_is_said_and_not_on_the_card(zoo):
    solo = zoo / "families" / "solo.yml"
    solo.write_text("Models:\n- Name: a\n  Code: https://github.com/a/b/blob/main/c.py#L1\n")
    pages, findings = rendered(zoo)
    assert [(f.code, f.severity) for f in findings] == [("MZ507", Severity.WARNING)]
    assert "This page has an error" not in pages["models/a.md"].content


def test_what_is_waived_is_not_said_and_a_waiver_that_waives_nothing_is(zoo):
    (zoo / "families" / "solo.yml").write_text(NINETY)
    waiver = "- {Rule: MZ301, Models: solo.only, Reason: a joke, Expires: 2099-01-31}\n"
    (zoo / "waivers.yml").write_text(waiver)
    pages, findings = rendered(zoo)
    assert findings == []
    assert "This page has an error" not in pages["models/solo-only.md"].content
    (zoo / "families" / "solo.yml").write_text("Models:\n- Name: solo.only\n")
    _, findings = rendered(zoo)
    assert [f.code for f in findings] == ["MZ703"]


@pytest.mark.parametrize(
    ("settings", "codes"),
    [
        ({"ignore": ("MZ301",)}, []),
        ({"select": ("MZ5",)}, []),
        ({"severity": {"MZ301": Severity.INFO}}, []),
        ({"severity": {"MZ301": Severity.WARNING}}, ["MZ301"]),
    ],
)
def test_the_projects_choice_of_rules_counts(zoo, settings, codes):
    (zoo / "families" / "solo.yml").write_text(NINETY)
    pages, findings = rendered(zoo, **settings)
    assert [f.code for f in findings] == codes
    assert "This page has an error" not in pages["models/solo-only.md"].content


def test_what_is_accepted_on_purpose_is_shown_with_its_reason(zoo):
    (zoo / "waivers.yml").write_text(
        "- {Rule: MZ601, Models: alpha_base.wrong, Reason: as the paper has it, Expires: 2099-01-31}"
    )
    pages, _ = rendered(zoo)
    assert "accepted: as the paper has it" in pages[CARD].content
    assert "Accepted: as the paper has it" in pages["verification.md"].content


def test_where_a_differing_number_comes_from_is_shown_once_it_was_explained(zoo):
    told = {"model": "alpha_base.wrong", "field": "FLOPs", "declared": 5472648192}
    told |= {"measured": 8460959744, "text": "it is what the old counter says"}
    (zoo / "measured" / "explanations.jsonl").write_text(json.dumps(told) + "\n")
    pages, findings = rendered(zoo)
    assert findings == []
    assert "; it is what the old counter says" in pages["verification.md"].content
    assert "It is what the old counter says." in row(pages[CARD], "alpha_base.wrong")[2][2]


def test_the_home_page_s_counts_are_of_models_not_of_families(zoo):
    index = read_index([zoo / "index.yml"])
    known = zoo_of(index, verify_index(index, lambda _: None)).known
    assert set(known) == {"accuracy", "licence", "paper", "recipe"}
    assert known["paper"] == sum(
        bool(model.papers or any(index.collection(c.text).papers for c in model.collections))
        for model in index.models
    )
    assert known["accuracy"] == sum(bool(model.results) for model in index.models)


def test_a_former_name_has_a_page_that_leads_on(zoo):
    alpha = zoo / "families" / "alpha.yml"
    text = alpha.read_text().replace(
        "- Name: alpha_small.good\n", "- Name: alpha_small.good\n  Former Names: [tf_alpha]\n"
    )
    alpha.write_text(text)
    pages, findings = rendered(zoo)
    assert findings == []
    assert (
        "(../models/alpha-net.md#alpha_small.good){ .mz-redirect }"
        in pages["models/tf_alpha.md"].content
    )


@pytest.mark.parametrize("macs", ["0", "-5"])
def test_a_cost_that_is_not_above_zero_has_no_place_in_the_chart(zoo, macs):
    solo = zoo / "families" / "solo.yml"
    solo.write_text(
        f"Models:\n- Name: a\n  Metadata: {{MACs: {macs}}}\n  Results:\n"
        "  - {Dataset: ImageNet, Metrics: {Top 1 Accuracy: 70}}\n"
    )
    pages, findings = rendered(zoo)
    assert [f for f in findings if f.code == "MZ801"] == []
    assert "models/a.md" in pages
