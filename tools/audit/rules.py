"""Rules: finds in the source what no other tool knows to be wrong here. Used by the audit and its test.

Each rule is the kind of a fault that once was in this program (docs/security.md). A finding is mended, or it has
a reason in reasons.toml that names rule and place; a reason without a finding is told as well.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

#: Parts of a request that somebody else wrote.
_FOREIGN = {"args", "form", "values", "referrer", "host", "url", "full_path", "json", "data"}
#: Calls that make a foreign address one of ours.
_CLEANERS = {"local_target", "url_for", "link", "here", "start_page"}
#: Calls that read what somebody sent, or take long by design: never inside a transaction.
_PARSERS = {
    "tomllib.loads", "tomllib.load", "Image.open", "read_tables", "hash_password", "zipfile.ZipFile",
    "pikepdf.open", "Pdf.open", "ImageCms.ImageCmsProfile", "load_workbook", "CalamineWorkbook.from_filelike",
}  # fmt: skip
#: Calls that go out to other machines.
_OUTGOING = {
    "urlopen",
    "build_opener",
    "create_connection",
    "HTTPConnection",
    "HTTPSConnection",
    "Session",
    "SMTP",
    "SMTP_SSL",
}
#: Names of what is only compared in constant time.
_SECRET = re.compile(r"(^|_)(token|secret|signature|mac|hmac|password)(_|$)")
_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9-]*[\s/>]|<[a-zA-Z]+$")
#: Groups of a pattern look like tags and are none.
_GROUP = re.compile(r"\(\?(?:P<\w*>|<)")
_OBJECT = re.compile(r"""[{,]\s*"[A-Za-z_]+"\s*:""")
_UNSAFE_FILTER = re.compile(r"\{\{([^{}]*?)\|\s*safe\b|\{%-?\s*autoescape\s+(?:false|off)")


@dataclass(frozen=True)
class Finding:
    """A line that breaks a rule; *place* is `path:function`, the same when lines move."""

    rule: str
    place: str
    line: int
    told: str


def _dotted(node: ast.expr) -> str:
    """Name of what is called or read, such as `request.args.get`."""
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}".lstrip(".")
    return node.id if isinstance(node, ast.Name) else ""


def _last(node: ast.expr) -> str:
    return _dotted(node).rpartition(".")[2]


def _foreign(node: ast.AST, tainted: frozenset[str] = frozenset()) -> bool:
    """Say whether an expression holds what a request brought and no cleaner has seen."""
    if isinstance(node, ast.Call) and _last(node.func) in _CLEANERS:
        return False
    if isinstance(node, ast.Name) and node.id in tainted:
        return True
    if (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "request"
        and node.attr in _FOREIGN
    ):
        return True
    return any(_foreign(child, tainted) for child in ast.iter_child_nodes(node))


def _tainted(function: ast.AST) -> frozenset[str]:
    """Names that a function gives to what a request brought."""
    found: set[str] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and _foreign(node.value, frozenset(found)):
            found |= {one.id for one in node.targets if isinstance(one, ast.Name)}
        if isinstance(node, ast.NamedExpr) and _foreign(node.value, frozenset(found)):
            found.add(node.target.id)
    return frozenset(found)


def _joined(node: ast.AST) -> Iterator[tuple[ast.expr, str]]:
    """Texts that are put together of pieces, with their constant letters."""
    for part in ast.walk(node):
        if isinstance(part, ast.JoinedStr):
            letters = [one.value for one in part.values if isinstance(one, ast.Constant)]
            if len(letters) < len(part.values):
                yield part, "\0".join(str(one) for one in letters)
        elif isinstance(part, ast.BinOp) and isinstance(part.op, ast.Add | ast.Mod):
            for side in (part.left, part.right):
                if isinstance(side, ast.Constant) and isinstance(side.value, str):
                    yield part, side.value
        elif (
            isinstance(part, ast.Call)
            and isinstance(part.func, ast.Attribute)
            and part.func.attr == "format"
            and isinstance(part.func.value, ast.Constant)
        ):
            yield part, str(part.func.value.value)


def _markup(function: ast.AST) -> Iterator[tuple[ast.expr, str]]:
    for node, letters in _joined(function):
        if _TAG.search(_GROUP.sub("", letters)):
            yield node, "HTML or XML is put together of texts: use a template or an element tree"


def _json(function: ast.AST) -> Iterator[tuple[ast.expr, str]]:
    for node, letters in _joined(function):
        if _OBJECT.search(letters.replace("{{", "{")):
            yield node, "JSON is put together of texts: use json.dumps"


def _parsing(function: ast.AST) -> Iterator[tuple[ast.expr, str]]:
    for block in ast.walk(function):
        if not isinstance(block, ast.With) or not any(
            isinstance(item.context_expr, ast.Call)
            and _last(item.context_expr.func) in ("writing", "begin")
            for item in block.items
        ):
            continue
        for node in ast.walk(block):
            if isinstance(node, ast.Call) and (
                _dotted(node.func) in _PARSERS or _last(node.func) in _PARSERS
            ):
                yield node, f"{_dotted(node.func)} runs in a transaction: do it before"


def _addresses(function: ast.AST) -> Iterator[tuple[ast.expr, str]]:
    tainted = _tainted(function)
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and _last(node.func) == "url_for":
            for word in node.keywords:
                if word.arg is None and _foreign(word.value, tainted):
                    yield node, "a query reaches url_for: use labelsvc.web.links.link"


def _redirects(function: ast.AST) -> Iterator[tuple[ast.expr, str]]:
    tainted = _tainted(function)
    for node in ast.walk(function):
        if (
            isinstance(node, ast.Call)
            and _last(node.func) == "redirect"
            and node.args
            and _foreign(node.args[0], tainted)
        ):
            yield node, "a reader is sent where a request says: use local_target"


def _cookies(function: ast.AST) -> Iterator[tuple[ast.expr, str]]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and _last(node.func) == "set_cookie":
            missing = {"httponly", "samesite", "secure"} - {word.arg for word in node.keywords}
            if missing:
                yield node, f"a cookie without {', '.join(sorted(missing))}"


def _logs(function: ast.AST) -> Iterator[tuple[ast.expr, str]]:
    tainted = _tainted(function)
    for node in ast.walk(function):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and _dotted(node.func.value) in ("log", "logger")
            and any(
                _foreign(one, tainted) for one in (*node.args, *(k.value for k in node.keywords))
            )
        ):
            yield node, "the log of the process holds what a request brought"


def _outgoing(function: ast.AST) -> Iterator[tuple[ast.expr, str]]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and _last(node.func) in _OUTGOING:
            # SQLAlchemy's Session is no line to another machine.
            if _last(node.func) == "Session" and not _dotted(node.func).startswith("requests"):
                continue
            yield node, "a line to another machine: name the address's rule and the time limit"


def _compared(function: ast.AST) -> Iterator[tuple[ast.expr, str]]:
    for node in ast.walk(function):
        if not isinstance(node, ast.Compare) or not isinstance(node.ops[0], ast.Eq | ast.NotEq):
            continue
        sides = (node.left, *node.comparators)
        if any(isinstance(one, ast.Constant) for one in sides):
            continue
        # `Table.column == value` is no comparison but a condition of a query.
        if any(_dotted(one)[:1].isupper() for one in sides):
            continue
        if any(_SECRET.search(_last(one)) for one in sides):
            yield node, "a secret is compared letter by letter: use hmac.compare_digest"


def _loaders(function: ast.AST) -> Iterator[tuple[ast.expr, str]]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            called = _dotted(node.func)
            if called.split(".")[0] in ("pickle", "marshal", "shelve", "dill") or called in (
                "eval", "exec", "yaml.load", "os.system", "os.popen",
            ):  # fmt: skip
                yield node, f"{called} runs what it reads"


def _chance(function: ast.AST) -> Iterator[tuple[ast.expr, str]]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and _dotted(node.func).startswith("random."):
            yield node, "random can be foretold: use secrets"


_Check = Callable[[ast.AST], Iterator[tuple[ast.expr, str]]]
#: Each rule with its check, the folders of the package that it looks at ("" is all), and letters without one of which
#: a module cannot break it: most modules are not walked for most rules.
RULES: dict[str, tuple[_Check, tuple[str, ...], tuple[str, ...]]] = {
    "joined-markup": (
        _markup,
        ("web", "labels", "inspections", "programme", "accounts"),
        ("<",),
    ),
    "joined-json": (_json, ("",), ('":', '" :', '\\":')),
    "parse-in-transaction": (_parsing, ("",), (".writing(", ".begin(")),
    "query-in-url-for": (_addresses, ("web",), ("url_for",)),
    "foreign-redirect": (_redirects, ("web",), ("redirect",)),
    "bare-cookie": (_cookies, ("web",), ("set_cookie",)),
    "request-in-log": (_logs, ("",), ("log.", "logger.")),
    "outgoing-line": (_outgoing, ("",), tuple(_OUTGOING)),
    "letterwise-compare": (_compared, ("accounts", "web", "codes", "sealing.py"), ("==", "!=")),
    "running-loader": (
        _loaders,
        ("",),
        ("pickle", "marshal", "shelve", "dill", "eval", "exec(", "yaml", "os."),
    ),
    "foretold-chance": (_chance, ("",), ("random.",)),
}

#: The rule of templates, beside those of the source.
TEMPLATES = "unsafe-filter"


def _places(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Functions of a module, each once, and what stands outside of them."""
    rest = ast.Module(body=[], type_ignores=[])
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            for inner in node.body:
                name = getattr(inner, "name", "")
                yield f"{node.name}.{name}" if name else node.name, inner
        else:
            rest.body.append(node)
    yield "module", rest


def in_source(path: str, text: str) -> Iterator[Finding]:
    """Findings in a module; *path* is below the folder of the package, with `/`."""
    looked = [
        (rule, check)
        for rule, (check, folders, letters) in RULES.items()
        if path.startswith(folders) and any(one in text for one in letters)
    ]
    if not looked:
        return
    for place, node in _places(ast.parse(text)):
        for rule, check in looked:
            for found, told in check(node):
                yield Finding(rule, f"{path}:{place}", found.lineno, told)


def in_template(path: str, text: str) -> Iterator[Finding]:
    """Findings in a template; *path* is below the folder of templates."""
    for number, line in enumerate(text.splitlines(), 1):
        for found in _UNSAFE_FILTER.finditer(line):
            word = (found[1] or "autoescape").strip()
            yield Finding(TEMPLATES, f"{path}:{word}", number, "a text is written without escaping")


def in_tree(root: Path) -> Iterator[Finding]:
    """Findings in package and templates of a checkout, in the order of paths; SVG of labels is data of a file."""
    package, pages = root / "labelsvc", root / "templates"
    for path in sorted(package.rglob("*.py")):
        yield from in_source(path.relative_to(package).as_posix(), path.read_text("utf-8"))
    for path in sorted(pages.rglob("*")):
        if path.is_file():
            yield from in_template(path.relative_to(pages).as_posix(), path.read_text("utf-8"))
