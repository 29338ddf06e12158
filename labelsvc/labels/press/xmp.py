"""XMP: writes metadata packets for PDF/X-4 and PDF/A-2b, the same bytes for the same facts. Used by finish
and archive."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from xml.sax.saxutils import escape

#: Of files that state no time of their own, so that they come out the same again.
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
#: Space of the document numbers: made of the contents, not of a clock.
_SPACE = uuid.UUID("5b0f2a6e-6a55-4c0f-9f0e-3c1d8e8b7a10")

_NAMES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "pdfxid": "http://www.npes.org/pdfx/ns/id/",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
}


def packet(
    facts: Sequence[tuple[str, str]],
    *,
    title: str,
    author: str,
    digest: str,
    made: datetime = EPOCH,
    description: str = "",
) -> bytes:
    """The packet. *facts*: plain properties such as ("pdfaid:part", "2"); *digest* of the contents
    becomes the document number."""
    when = made.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    number = f"uuid:{uuid.uuid5(_SPACE, digest)}"
    plain = [
        ("xmp:CreateDate", when),
        ("xmp:ModifyDate", when),
        ("xmp:MetadataDate", when),
        ("xmp:CreatorTool", "labelsvc"),
        ("xmpMM:DocumentID", number),
        ("xmpMM:InstanceID", number),
        ("pdf:Producer", PRODUCER),
        *facts,
    ]
    used = {"dc", *(name.split(":")[0] for name, _ in plain)}
    spaces = " ".join(f'xmlns:{name}="{_NAMES[name]}"' for name in sorted(used))
    body = "".join(f"  <{name}>{_text(value)}</{name}>\n" for name, value in plain)
    body += _alt("dc:title", title) + _seq("dc:creator", author)
    body += _alt("dc:description", description) if description else ""
    body += "  <dc:format>application/pdf</dc:format>\n"
    text = (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">\n'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
        f' <rdf:Description rdf:about="" {spaces}>\n{body} </rdf:Description>\n'
        "</rdf:RDF>\n</x:xmpmeta>\n" + " " * 100 + '\n<?xpacket end="w"?>'
    )
    return text.encode("utf-8")


PRODUCER = "labelsvc, ReportLab, pikepdf"


def pdf_date(made: datetime) -> str:
    """The same instant as in the packet, as the information dictionary has it."""
    return made.astimezone(UTC).strftime("D:%Y%m%d%H%M%S+00'00'")


def _alt(name: str, value: str) -> str:
    return (
        f'  <{name}><rdf:Alt><rdf:li xml:lang="x-default">{_text(value)}</rdf:li></rdf:Alt>'
        f"</{name}>\n"
    )


def _seq(name: str, value: str) -> str:
    return f"  <{name}><rdf:Seq><rdf:li>{_text(value)}</rdf:li></rdf:Seq></{name}>\n"


def _text(value: str) -> str:
    """As XML, without the control characters that XML forbids."""
    return escape("".join(char for char in value if char.isprintable()))
