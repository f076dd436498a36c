"""From nodes to the objects of `metazoo.index.model`: what the keys of an index mean.

Accepts more than one form: a single item for a list of one, a name as text or as a mapping, a path
instead of a mapping. What it can't read it reports and leaves out.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from metazoo.findings import Location, Severity
from metazoo.index import fields, nodes
from metazoo.index.documents import Document, Documents
from metazoo.index.fields import Kind, Names
from metazoo.index.inputs import stated_inputs
from metazoo.index.model import (
    Code,
    Collection,
    Library,
    Metadata,
    MetricValue,
    Model,
    ModelIndex,
    Paper,
    Result,
    Value,
)
from metazoo.index.nodes import is_null
from metazoo.index.paths import INDEX_TYPES
from metazoo.index.values import AS_WRITTEN, NAMED, NodeReader, Pair
from metazoo.spelling import folded

_METADATA = Names(fields.METADATA)
_MODEL = Names(fields.MODEL)
_COLLECTION = Names(fields.COLLECTION)
_INDEX = Names(fields.INDEX)
_LIBRARY = Names(fields.LIBRARY)
_PAPER = Names(fields.PAPER)
_CODE = Names(fields.CODE)
_RESULT = Names(fields.RESULT)

_INDEX_KEYS = frozenset(folded(f.name) for f in fields.INDEX if f.name != "Type")
_MODEL_KEYS = frozenset(folded(f.name) for f in fields.MODEL if f.name not in {"Type", "Image"})
_OWN_MODEL_KEYS = _MODEL_KEYS - {"code", "readme"}
"""Keys that make a whole document one model; any page may have the other ones."""
_HUB_METADATA = {"license": "License"}


class Builder:
    """Builds the objects that one document describes.

    Args:
        document: The document.
        documents: The files of the index; paths in the document are looked up there.
        chain: The files that paths in place of a part lead through, this document's own last, with
            links resolved; empty if the document is read as an index itself.
    """

    def __init__(
        self, document: Document, documents: Documents, chain: tuple[Path, ...] = ()
    ) -> None:
        self._document = document
        self._documents = documents
        self._chain = chain
        self._read = NodeReader(document.part, documents.findings)

    # -- an index ---------------------------------------------------------------------------

    def index(self, index: ModelIndex, imports: list[Value[str]]) -> bool:
        """Add what the document says to `index`, and the paths that it imports to `imports`.

        Returns:
            Whether the document is an index.
        """
        root = self._document.root
        if isinstance(root, SequenceNode):
            if not any(nodes.keys(item) & _MODEL_KEYS or _is_path(item) for item in root.value):
                return False
            index.models.extend(self.models(root))
            return True
        if not isinstance(root, MappingNode):
            return False
        keys = nodes.keys(root)
        if keys & _INDEX_KEYS:
            self._index_mapping(root, index, imports)
            return True
        if "modelindex" in keys:
            self._hub_card(root, index)
            return True
        if keys & _OWN_MODEL_KEYS:
            index.models.append(self.model(root))
            return True
        # A mapping that only says `Type: model-index` is an empty index.
        return "type" in keys

    def _index_mapping(
        self, root: MappingNode, index: ModelIndex, imports: list[Value[str]]
    ) -> None:
        for pair in self._read.pairs(root, _INDEX):
            name, node = pair.name, pair.node
            if name == "Models":
                index.models.extend(self.models(node))
            elif name == "Collections":
                index.collections.extend(self.collections(node))
            elif name == "Import":
                imports.extend(self._paths(pair))
            elif name == "Library":
                library = self.library(node)
                if library and index.library and library.location != index.library.location:
                    self._replaces(pair, index.library.location)
                index.library = library or index.library
            elif name == "Type":
                self._check_type(pair)
            else:
                value = self._read.anything(pair)
                before = index.extra.get(name)
                if before is not None and before.location != value.location:
                    self._replaces(pair, before.location)
                index.extra[name] = value

    def _replaces(self, pair: Pair, before: Location) -> None:
        self._read.report(
            "MZ213",
            f"“{pair.key}” replaces the one at {before}, which is ignored",
            pair.key_location,
            hint="Keep one of them, in the root index.",
            severity=Severity.WARNING,
        )

    def _check_type(self, pair: Pair) -> None:
        text = self._read.text(pair)
        if text.value is not None and folded(text.value) != "modelindex":
            self._read.report(
                "MZ203",
                f"Type is “{text.text}”, but a model index is expected",
                text.location,
                hint="Write Type: model-index.",
            )

    def _hub_card(self, root: MappingNode, index: ModelIndex) -> None:
        """The front matter of a model card as the Hugging Face hub keeps it."""
        shared: dict[str, Value[Any]] = {}
        rest: dict[str, Value[Any]] = {}
        card: dict[str, Value[Any]] = {}
        models: list[Model] = []
        for pair in self._read.pairs(root, AS_WRITTEN):
            known = _HUB_METADATA.get(pair.key)
            if known is not None:
                shared[known] = self._read.of_field(_METADATA.fields[known], pair)
            elif folded(pair.key) == "modelindex":
                models = self.models(pair.node)
            elif _MODEL[pair.key] in _MODEL.fields:
                card[pair.key] = self._read.anything(pair)
            else:
                rest[pair.key] = self._read.anything(pair)
        if card:
            # Beside the models such a key is the page's: it must not be taken for the model's own.
            rest["Card"] = Value(card, "", self._read.at(root), "", "Card", self._read.at(root))
        for model in models:
            for key, value in shared.items():
                model.written.values.setdefault(key, value)
            model.metadata = model.written
            for key, value in rest.items():
                model.extra.setdefault(key, value)
        index.models.extend(models)

    # -- mappings, and paths to them --------------------------------------------------------

    def _mappings(
        self, node: Node, what: str, keys: tuple[str, ...]
    ) -> list[tuple[Builder, MappingNode]]:
        """The mappings of a value that is a mapping, a path to a file with some, or a list of both.

        Args:
            node: The value.
            what: What each mapping describes, for findings.
            keys: The folded keys under which a file may hold them; else the whole file is one.

        Returns:
            Each mapping with the builder of its document.
        """
        found: list[tuple[Builder, MappingNode]] = []
        for item in self._read.items(node):
            if isinstance(item, MappingNode):
                found.append((self, item))
            elif isinstance(item, ScalarNode):
                for builder in self._follow(item):
                    found.extend(builder._mappings(builder._part(keys), what, keys))
            else:
                self._read.wrong_shape(what, "a mapping or a path", item)
        return found

    def _follow(self, node: ScalarNode) -> Iterator[Builder]:
        """Builders for the documents that a path names."""
        path = self._read.scalar(node)
        for document in self._documents.follow(path, self._document.path, self._chain):
            chain = (*self._chain, self._documents.real(document.path))
            yield Builder(document, self._documents, chain)

    def _part(self, keys: tuple[str, ...]) -> Node:
        """What a path to this document takes from it; its other keys are reported."""
        root = self._document.root
        found = nodes.child(root, *keys)
        if found is None:
            return root
        others = [key for key, _ in nodes.items(root) if folded(key.value) not in {*keys, "type"}]
        if others:
            names = ", ".join(f"“{key.value}”" for key in others[:3])
            more = f" and {len(others) - 3} more" if len(others) > 3 else ""
            self._read.report(
                "MZ213",
                f"{names}{more} are ignored: this path reads only the {keys[0]} of the file",
                self._read.at(others[0]),
                hint="To read the whole file, list it under Import.",
                severity=Severity.WARNING,
            )
        return found

    def models(self, node: Node) -> list[Model]:
        """The models of a ``Models`` value."""
        found = self._mappings(node, "a model", ("models", "model"))
        return [builder.model(item) for builder, item in found]

    def collections(self, node: Node) -> list[Collection]:
        """The collections of a ``Collections`` value."""
        found = self._mappings(node, "a collection", ("collections", "collection"))
        return [builder.collection(item) for builder, item in found]

    def results(self, node: Node) -> list[Result]:
        """The results of a ``Results`` value."""
        found = self._mappings(node, "a result", ("results", "result"))
        return [builder._result(item) for builder, item in found]

    # -- a model, a collection, the library -------------------------------------------------

    def model(self, node: MappingNode) -> Model:
        """One item of ``Models``."""
        location = self._read.at(node)
        name = nodes.child(node, "name")
        self._read.model = name.value if isinstance(name, ScalarNode) else None
        model = Model(Value("", "", location), location)
        for pair in self._read.pairs(node, _MODEL):
            if pair.name == "In Collection":
                model.collections = [
                    v for v in self._read.texts(pair).value or [] if v.value is not None
                ]
            else:
                self._common(model, pair)
        model.metadata = model.written
        page = self._document.page
        if page is not None and model.readme is None:
            model.readme = Value(page, page, location)
        self._read.model = None
        return model

    def collection(self, node: MappingNode) -> Collection:
        """One item of ``Collections``."""
        location = self._read.at(node)
        collection = Collection(Value("", "", location), location)
        for pair in self._read.pairs(node, _COLLECTION):
            self._common(collection, pair)
        page = self._document.page
        if page is not None and collection.readme is None:
            collection.readme = Value(page, page, location)
        return collection

    def _common(self, target: Model | Collection, pair: Pair) -> None:
        name, node = pair.name, pair.node
        if name == "Name":
            text = self._read.text(pair)
            target.name = Value(
                text.value or "", text.text, text.location, "", text.key, text.key_location
            )
        elif name == "Metadata":
            values = self.metadata(node)
            if isinstance(target, Model):
                target.written = Metadata(values)
            else:
                target.metadata = Metadata(values)
        elif name == "Weights":
            target.weights = self._first_text(pair, target.extra)
        elif name == "Code":
            target.code = self._code(pair, target.extra)
        elif name == "Results":
            target.results = self.results(node)
        elif name == "Config":
            target.config = self._first_text(pair, target.extra)
        elif name == "Source":
            target.source = self._first_text(pair, target.extra)
        elif name == "README":
            target.readme = self._first_text(pair, target.extra)
        elif name == "Image":
            target.image = self._first_text(pair, target.extra)
        elif name == "Paper":
            target.papers = [self._paper(item) for item in self._read.items(node)]
        elif name == "Type":
            self._check_type(pair)
        else:
            target.extra[name] = self._read.anything(pair)

    def library(self, node: Node) -> Library | None:
        """The value of ``Library``: a mapping, or a path to one."""
        if isinstance(node, ScalarNode):
            if is_null(node):
                return None
            builder = next(self._follow(node), None)
            return None if builder is None else builder.library(builder._part(("library",)))
        if not isinstance(node, MappingNode):
            self._read.wrong_shape("Library", "a mapping or a path", node)
            return None
        library = Library(self._read.at(node))
        for pair in self._read.pairs(node, _LIBRARY):
            if pair.name == "Name":
                library.name = self._read.text(pair)
            elif pair.name == "URL":
                library.url = self._read.text(pair)
            elif pair.name == "Source":
                library.source = self._read.text(pair)
            elif pair.name == "FLOPs Convention":
                library.flops_convention = self._read.text(pair)
            else:
                library.extra[pair.name] = self._read.anything(pair)
        return library

    # -- the parts of a model ---------------------------------------------------------------

    def metadata(self, node: Node) -> dict[str, Value[Any]]:
        """The values of a ``Metadata`` mapping, of a list of mappings, or of a path to one.

        A key that several of them have is reported.
        """
        values: dict[str, Value[Any]] = {}
        # A stack, since files that name each other can nest deeper than Python's own.
        pending: list[tuple[Builder, Node]] = [(self, node)]
        while pending:
            builder, item = pending.pop()
            if not isinstance(item, MappingNode):
                pending.extend(reversed(builder._mappings(item, "Metadata", ())))
                continue
            inner = nodes.child(item, "metadata") if len(item.value) == 1 else None
            if inner is not None:
                pending.append((builder, inner))
                continue
            for name, value in builder._metadata_values(item).items():
                if name in values:
                    place = value.key_location or value.location
                    self._read.repeated(values[name], value.key, place)
                values[name] = value
        return values

    def _metadata_values(self, node: MappingNode) -> dict[str, Value[Any]]:
        read = self._read
        values: dict[str, Value[Any]] = {}
        for pair in read.pairs(node, _METADATA):
            field = _METADATA.fields.get(pair.name)
            if field is None:
                values[pair.name] = read.anything(pair)
            elif field.kind is Kind.INPUTS:
                values[pair.name] = stated_inputs(read, pair)
            else:
                values[pair.name] = read.of_field(field, pair)
        return values

    def _result(self, node: MappingNode) -> Result:
        parts: dict[str, Any] = {}
        metrics: list[MetricValue] = []
        extra: dict[str, Value[Any]] = {}
        for pair in self._read.pairs(node, _RESULT):
            if pair.name == "Task":
                parts["task"] = self._read.named(pair)
            elif pair.name == "Dataset":
                parts["dataset"] = self._read.named(pair)
            elif pair.name == "Metrics":
                metrics.extend(self._metrics(pair.node))
            else:
                extra[pair.name] = self._read.anything(pair)
        return Result(self._read.at(node), metrics=metrics, extra=extra, **parts)

    def _metrics(self, node: Node) -> Iterator[MetricValue]:
        for item in self._read.items(node):
            if not isinstance(item, MappingNode):
                self._read.wrong_shape("Metrics", "names with values", item)
                continue
            if isinstance(node, SequenceNode):
                parts = {e.name: e for e in self._read.pairs(item, NAMED, quiet=True)}
                if "Value" in parts and ("Name" in parts or "Type" in parts):
                    yield self._named_metric(item)
                    continue
            for pair in self._read.pairs(item, AS_WRITTEN):
                yield MetricValue(pair.key, self._read.figure(pair, pair.key))

    def _named_metric(self, node: MappingNode) -> MetricValue:
        parts = self._read.pairs(node, NAMED)
        by_name = {pair.name: pair for pair in parts}
        name = by_name.get("Name") or by_name["Type"]
        label = self._read.text(name)
        value = self._read.figure(by_name["Value"], label.text)
        value.extra = self._read.others(parts, name, by_name["Value"])
        return MetricValue(label.text, value)

    def _paper(self, node: Node) -> Paper:
        location = self._read.at(node)
        if isinstance(node, ScalarNode):
            value = self._read.scalar(node)
            if "://" in value.text or value.text.startswith("www."):
                return Paper(location, url=value)
            return Paper(location, title=value)
        paper = Paper(location)
        if not isinstance(node, MappingNode):
            self._read.wrong_shape("Paper", "an address, or Title and URL", node)
            return paper
        found: dict[str, Any] = {}
        for pair in self._read.pairs(node, _PAPER):
            if pair.name == "Authors":
                found["authors"] = self._read.texts(pair).value or []
            elif pair.name == "Year":
                found["year"] = self._read.of_field(_PAPER.fields["Year"], pair)
            elif pair.name in _PAPER.fields:
                found[pair.name.lower()] = self._read.text(pair)
            else:
                paper.extra[pair.name] = self._read.anything(pair)
        return Paper(location, extra=paper.extra, **found) if found else paper

    def _code(self, pair: Pair, extra: dict[str, Value[Any]]) -> Code | None:
        """Where the code stands; of a list the first, the whole list staying among the extra keys."""
        node = pair.node
        if is_null(node):
            return None
        if isinstance(node, SequenceNode) and node.value:
            if len(node.value) > 1:
                extra[pair.name] = self._read.anything(pair)
            node = next(iter(self._read.items(node)), node.value[0])
        if isinstance(node, ScalarNode):
            url = Value(
                node.value, node.value, self._read.at(node), "", pair.key, pair.key_location
            )
            return Code(url.location, url=url)
        if not isinstance(node, MappingNode):
            self._read.wrong_shape("Code", "an address, or URL and Version", node)
            return None
        known: dict[str, Value[str]] = {}
        rest: dict[str, Value[Any]] = {}
        for part in self._read.pairs(node, _CODE):
            if part.name in _CODE.fields:
                known[part.name] = self._read.text(part)
            else:
                rest[part.name] = self._read.anything(part)
        return Code(self._read.at(node), known.get("URL"), known.get("Version"), rest)

    def _paths(self, pair: Pair) -> Iterator[Value[str]]:
        for item in self._read.items(pair.node):
            if isinstance(item, ScalarNode):
                yield self._read.scalar(item)
            else:
                self._read.wrong_shape(pair.key, "paths", item)

    def _first_text(self, pair: Pair, extra: dict[str, Value[Any]]) -> Value[str] | None:
        """A text, or the first of a list of texts.

        A whole list is added to the extra keys, and so is a null, so that a rule can report it.
        """
        node = pair.node
        if is_null(node):
            extra[pair.name] = self._read.text(pair)
            return None
        if not isinstance(node, SequenceNode) or not node.value:
            return self._read.text(pair)
        extra[pair.name] = self._read.anything(pair)
        return self._read.text(pair._replace(node=node.value[0]))


def _is_path(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.value.endswith(INDEX_TYPES)
