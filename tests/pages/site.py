"""Links of the documentation's site (`mkdocs.yml`, `hooks:`): every one leads somewhere, or the site is not built.

A page's source may point to code, to the change log or from a notebook to another page. The site has none of the first
two, and MkDocs renames pages only where it reads Markdown itself.
"""

import posixpath
import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LINK = re.compile(r'<a\b[^>]*?\bhref="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)


class References(HTMLParser):
    """What a page refers to, and the names that others can refer to in it."""

    def __init__(self):
        super().__init__()
        self.links, self.names = [], set()

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.names.update(given[key] for key in ("id", "name") if given.get(key))
        self.links.extend(given[key] for key in ("href", "src") if given.get(key))


def on_page_content(html, *, page, files, **_):
    """The page with links to sources of other pages renamed, and what is not in the site named in place of linked."""
    places = {file.src_uri: file.url for file in files}
    return relinked(html, page.file.src_uri, page.url, places)


def relinked(html, source, url, places):
    """The content of the page of a source, whose links are to be found at `places`, URL by source.

    >>> relinked('<a href="../tables.md#own">T</a>', "n/a.ipynb", "n/a.html", {"tables.md": "tables.html"})
    '<a href="../tables.html#own">T</a>'
    >>> relinked('See <a href="../README.md">it</a>.', "a.md", "a.html", {})
    'See <span title="README.md">it</span>.'
    """

    def link(found):
        parts = urlsplit(unescape(found[1]))
        if parts.scheme or parts.netloc or not parts.path:
            return found[0]
        target = posixpath.normpath(posixpath.join(posixpath.dirname(source), unquote(parts.path)))
        if target in places:
            there = posixpath.relpath(places[target], posixpath.dirname(url) or ".")
            return found[0].replace(f'"{found[1]}"', f'"{there}{"#" * bool(parts.fragment)}{parts.fragment}"')
        if target.startswith("../"):
            return f'<span title="{target.lstrip("./")}">{found[2]}</span>'
        return found[0]

    return LINK.sub(link, html)


def on_post_build(*, config, **_):
    """End with an error where a link of the site leads nowhere, or a page fetches something from elsewhere."""
    from mkdocs.exceptions import PluginError

    wrong = dead(Path(config["site_dir"]))
    if wrong:
        raise PluginError("links of the site that lead nowhere:\n" + "\n".join(f"  {one}" for one in wrong))


def dead(site):
    """Links within a site that lead nowhere, by page."""
    pages = {}
    for path in site.rglob("*.html"):
        pages[path] = References()
        pages[path].feed(path.read_text(encoding="utf-8"))
    wrong = []
    for path, page in sorted(pages.items()):
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            # The page for what is not there is answered at any address, so that its links begin at the top.
            begin = site if parts.path.startswith("/") else path.parent
            place = (begin / unquote(parts.path).lstrip("/")).resolve() if parts.path else path
            place = place / "index.html" if place.is_dir() else place
            names = pages[place].names if place in pages else ()
            anchor = unquote(parts.fragment)
            if not place.exists() or (anchor and place in pages and anchor not in names):
                wrong.append(f"{path.relative_to(site)}: {link}")
    return wrong
