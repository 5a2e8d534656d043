"""What every HTML page must be, checked on each page that any test gets."""

import re
from urllib.parse import urlsplit

import html5lib

NAMESPACE = "{http://www.w3.org/1999/xhtml}"


def lint(html: str) -> list[str]:
    """Every fault of a page.

    Invalid HTML, not one h1, a title that does not begin with it, ids, links, inline style.
    """
    parser = html5lib.HTMLParser(strict=False, namespaceHTMLElements=True)
    root = parser.parse(html)
    faults = [f"invalid HTML at {place}: {code} {details}" for place, code, details in parser.errors]
    elements = [element for element in root.iter() if isinstance(element.tag, str)]
    faults += _headings(elements)
    ids = [element.get("id") for element in elements if element.get("id")]
    faults += [f"the id {name} stands twice" for name in {name for name in ids if ids.count(name) > 1}]
    faults += _references(elements, set(ids))
    faults += [f"{_tag(element)} has an inline style" for element in elements if element.get("style") is not None]
    faults += [
        f"{_tag(element)} has {name}" for element in elements for name in element.attrib if str(name).startswith("on")
    ]
    faults += _forms(elements)
    text = re.sub(r"<(script|style)\b.*?</\1>", "", html, flags=re.S)
    text = re.sub(r"<[^>]+>", " ", text)
    straight = re.search(r".{0,20}[a-z]'[a-z].{0,10}", text)
    if straight:
        faults.append(f"a straight apostrophe: {straight.group()}")
    return faults


def _tag(element) -> str:
    return element.tag.removeprefix(NAMESPACE)


def _text(element) -> str:
    return " ".join("".join(element.itertext()).split())


def _headings(elements) -> list[str]:
    headings = [element for element in elements if _tag(element) == "h1"]
    if len(headings) != 1:
        return [f"the page has {len(headings)} h1"]
    title = _text(next(element for element in elements if _tag(element) == "title"))
    heading = _text(headings[0])
    if not heading or not title.removeprefix("Error: ").startswith(heading):
        return [f"the title {title!r} does not begin with the h1 {heading!r}"]
    return []


def _references(elements, ids: set) -> list[str]:
    faults = []
    for element in elements:
        target = element.get("href")
        if target and target.startswith("#") and target != "#" and target[1:] not in ids:
            faults.append(f"the link {target} leads nowhere")
        for name in ("aria-describedby", "aria-labelledby", "aria-controls", "for"):
            faults += [
                f"{_tag(element)} {name}={part} names nothing"
                for part in (element.get(name) or "").split()
                if part not in ids
            ]
        for name in ("href", "src", "action"):
            parts = urlsplit(element.get(name) or "")
            if parts.netloc or parts.scheme not in {"", "data", "mailto"}:
                faults.append(f"{_tag(element)} {name} leaves the service: {element.get(name)}")
    return faults


def _forms(elements) -> list[str]:
    faults = []
    for form in (element for element in elements if _tag(element) == "form"):
        if not form.get("action"):
            faults.append("a form without action")
        names = {child.get("name") for child in form.iter() if isinstance(child.tag, str)}
        if (form.get("method") or "get").lower() == "post" and "csrf_token" not in names:
            faults.append("a form that posts has no CSRF token")
    return faults
