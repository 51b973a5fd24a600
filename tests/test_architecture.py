"""The house's rules that import-linter cannot hold (design section 1)."""

import ast
import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
APPS = ("audit", "accounts", "registry", "governance", "config")
SOURCES = sorted(p for app in APPS for p in (PROJECT / app).rglob("*.py") if "migrations" not in p.parts)
TREES = {path: ast.parse(path.read_text()) for path in SOURCES}


def rel(path):
    return path.relative_to(PROJECT).as_posix()


def imports(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_only_the_workflow_writes_a_status():
    """A status changes through move() alone: no assignment, no update(status=) elsewhere."""
    found = []
    for path, tree in TREES.items():
        if rel(path) == "audit/workflow.py":
            continue
        for node in ast.walk(tree):
            targets = node.targets if isinstance(node, ast.Assign) else []
            if any(isinstance(target, ast.Attribute) and target.attr == "status" for target in targets):
                found.append(f"{rel(path)}:{node.lineno}")
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("update", "bulk_update")
                and any(word.arg == "status" for word in node.keywords)
            ):
                found.append(f"{rel(path)}:{node.lineno}")
    assert found == []


def test_only_the_log_makes_events():
    found = [
        f"{rel(path)}:{node.lineno}"
        for path, tree in TREES.items()
        if rel(path) != "audit/log.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Name) and node.func.id == "Event")
            or ast.unparse(node.func)
            in ("Event.objects.create", "Event.objects.bulk_create", "Event.objects.get_or_create")
        )
    ]
    assert found == []


@pytest.mark.parametrize(
    ("module", "only"),
    [("weasyprint", {"governance/reports/pdf.py"}), ("smtplib", {"governance/actions/notices.py"})],
)
def test_a_library_has_one_door(module, only):
    users = {rel(path) for path, tree in TREES.items() if any(name.split(".")[0] == module for name in imports(tree))}
    assert users <= only


def test_no_signal_handlers():
    users = [rel(path) for path, tree in TREES.items() if any("signals" in name for name in imports(tree))]
    assert users == []


def test_no_file_over_400_lines():
    long = {rel(path): n for path in SOURCES if (n := len(path.read_text().splitlines())) > 400}
    assert long == {}


def test_forbidden_names_are_not_used():
    """No module is named after doing something to something (design section 5)."""
    bad = re.compile(r"^(core|common|utils?|helpers?|managers?|handlers?)(\.py)?$")
    assert [rel(path) for path in SOURCES if any(bad.match(part) for part in path.relative_to(PROJECT).parts)] == []


def test_public_functions_of_edges_say_what_they_answer():
    """Views, actions and permissions carry a docstring: the question, the rule, the refusals."""
    found = []
    for path, tree in TREES.items():
        if not re.search(r"/(views|actions|permissions|reads)(/|\.py)", rel(path)):
            continue
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not ast.get_docstring(node):
                found.append(f"{rel(path)}:{node.lineno} {node.name}")
    assert found == []


def test_tasks_are_thin():
    """A task calls one action: at most three statements behind its docstring."""
    tree = TREES[PROJECT / "governance" / "tasks.py"]
    long = [n.name for n in tree.body if isinstance(n, ast.FunctionDef) and len(n.body) > 4]
    assert long == []


# Documents of rows that were cut for their reader already, where they were fetched.
CUT_ROWS = {"use_case", "fresh"}
# Those that count or compare without showing a value, or give the row on to what cuts it.
UNSHOWN = {
    "registry/reads/__init__.py": {
        "case",
        "revision",
        "one",
        "known_then[0]",
        "counted[0].revision",
        "filing.revision",
    },
    "registry/past.py": {"before", "revision", "row"},
    "registry/reads/systems.py": {"case", "other"},
    "registry/reads/named_systems.py": {"case"},  # rows cut by hide() before
    "governance/reads/home.py": {"row"},
    "governance/reads/handovers.py": {"case"},
    "governance/reads/past.py": {"found"},
    "governance/reads/newness.py": {"decision.revision"},
    "registry/views/sections.py": {"revision"},
}


def test_a_document_goes_to_a_reader_only_as_the_case_leaves_it():
    """Views, the API and reads take a document of a row that was cut, or through `readable()` (decision 0012)."""
    found = []
    for path, tree in TREES.items():
        if not re.search(r"/(views|reads)(/|_\w+\.py|\.py)|/api(_\w+)?\.py|registry/past\.py", rel(path)):
            continue
        through = {
            id(inner)
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".readable")
            for argument in node.args
            for inner in ast.walk(argument)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in ("document", "filed_document"):
                owner = ast.unparse(node.value)
                if id(node) in through or owner in CUT_ROWS or owner in UNSHOWN.get(rel(path), ()):
                    continue
                found.append(f"{rel(path)}:{node.lineno} {owner}.{node.attr}")
    assert found == []


def test_no_template_takes_a_document():
    shown = [
        f"{rel(path)}: {use}"
        for path in (PROJECT / "templates").rglob("*.*")
        for use in re.findall(r"[\w.]+\.(?:filed_)?document\b", path.read_text())
        if "edition." not in use  # the policy catalogue's, which hides nothing
    ]
    assert shown == []
