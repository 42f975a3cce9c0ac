"""Messengers in the shapes that real ones have, for a walk; each message is a pile of blocks in colours of its own."""

from __future__ import annotations

COUNT, TALL = 48, 17  # messages; blocks of one that is taller than the view
BLOCK = 30  # pixels

_PAGE = """<!DOCTYPE html><meta charset=utf-8><style>
* {box-sizing: border-box} body {margin: 0} .m {width: 600px; flex: none} .b {height: 30px}
.list {height: 400px; width: 700px; overflow-y: auto; margin-top: 50px} CSS</style><body>MARKUP<script>
const N = 48, PAGE = 12;
const colour = k => 'rgb(' + [8 + 16 * (k >> 10), 2 + 8 * (k >> 5 & 31), 2 + 8 * (k & 31)] + ')';
function make(i) {
  const made = document.createElement('div');
  made.className = 'm'; made.id = 'm' + i;
  for (let k = 0; k < blocks(i); k++) {
    const block = document.createElement('div');
    block.className = 'b'; block.style.background = colour(i * 32 + k); block.textContent = k ? '' : 'message ' + i;
    made.append(block);
  }
  return made;
}
const blocks = i => 1 + i * 7 % 4;
const mark = () => Object.assign(document.createElement('div'), {className: 'start', textContent: 'start'});
const list = document.getElementById('list');
let first = N, busy = false;
function take() {  // the next older messages, oldest first
  const from = Math.max(0, first - PAGE), made = Array.from({length: first - from}, (_, n) => make(from + n));
  first = from;
  return first || !STARTS ? made : [mark(), ...made];
}
SCRIPT</script>"""
_OLDER = """
function older() {
  if (busy || first <= 0) return;
  busy = true;
  setTimeout(() => { const box = BOX, was = box.scrollTop; ADD; busy = false; if (near()) older(); }, 30);
}
const near = () => NEAR;
older(); (BOX === document.scrollingElement ? window : BOX).addEventListener('scroll', () => { if (near()) older(); });
"""
_PREPEND = {"ADD": "list.prepend(...take())", "NEAR": "list.scrollTop < 100", "BOX": "list"}
_FROM_BOTTOM = {"ADD": "list.append(...take().reverse())", "BOX": "list",
                "NEAR": "list.scrollHeight - Math.abs(list.scrollTop) - list.clientHeight < 100"}  # fmt: skip
_TO_BOTTOM = "setTimeout(() => { list.scrollTop = 1e9; }, 60);"
_VIRTUAL = """
const pads = [0, 0].map(() => document.createElement('div')), rows = document.createElement('div');
list.append(pads[0], rows, pads[1]);
const sum = (from, to) => { let all = 0; for (let i = from; i < to; i++) all += blocks(i) * 30; return all; };
let had = N - PAGE;
function draw() {
  let from = had, y = 0;
  while (y + blocks(from) * 30 < list.scrollTop - 200) y += blocks(from++) * 30;
  let to = from;
  while (to < N && y + sum(from, to) < list.scrollTop + 600) to++;
  pads[0].style.height = y + 'px'; pads[1].style.height = sum(to, N) + 'px';
  rows.replaceChildren(...(from ? [] : [mark()]), ...Array.from({length: to - from}, (_, n) => make(from + n)));
}
function more() {
  if (busy || !had) return;
  busy = true;
  setTimeout(() => { had = Math.max(0, had - PAGE); draw(); list.scrollTop = 1e9; draw(); busy = false; }, 30);
}
draw(); list.scrollTop = 1e9; draw();
list.addEventListener('scroll', () => { draw(); if (list.scrollTop < 100) more(); });
"""


def _page(
    script: str, *, css: str = "", markup: str = "<div class=list id=list></div>", starts: str = "true", **put: str
) -> str:
    for name, value in put.items():
        script = script.replace(name, value)
    page = _PAGE.replace("SCRIPT", script).replace("CSS", css).replace("MARKUP", markup)
    return page.replace("STARTS", starts)


def _plain(more: str = _TO_BOTTOM, **how: str) -> str:
    return _page(_OLDER + more, **{**_PREPEND, **how})


_WHOLE_PAGE = {"css": ".list {height: auto; overflow: visible}", "BOX": "document.scrollingElement", "NEAR": "scrollY < 100"}
_LEAPING = {"css": ".list {overflow-anchor: none}"}
_CROWN = "position: fixed; left: 0; right: 0; height: 150px; background: #eee"

# Walked to the start with every message whole in a picture.
WALKED = {
    "anchored": _plain(),
    "not anchored": _plain(**_LEAPING),
    "smooth": _plain(css=".list {scroll-behavior: smooth}"),
    "animated": _plain(ADD="list.prepend(...take()); list.scrollTo({top: 0, behavior: 'smooth'})", **_LEAPING),
    "thrown to its end": _plain(ADD="list.prepend(...take()); list.scrollTop = 1e9", **_LEAPING),
    "only what is near, thrown to its end": _page(_VIRTUAL, **_LEAPING),
    "column-reverse": _page(_OLDER, css=".list {display: flex; flex-direction: column-reverse}", **_FROM_BOTTOM),
    "on its head": _page(_OLDER, css=".list, .m, .start {transform: scaleY(-1)}", **_FROM_BOTTOM),
    "the page scrolls": _plain("", **_WHOLE_PAGE),
    "the page scrolls under bars": _plain(
        "", **_WHOLE_PAGE | {"css": _WHOLE_PAGE["css"].replace("visible", "visible; padding: 160px 0")},
        markup=f"<div style='{_CROWN}; top: 0'></div><div style='{_CROWN}; bottom: 0'></div><div class=list id=list></div>",
    ),
    "taller than the view": _plain().replace("1 + i * 7 % 4", "i % 9 ? 1 + i * 7 % 4 : 17"),
    "open in the middle": _plain("setTimeout(() => { list.scrollTop = 60; }, 60);"),
    "grows when pictured": _plain(
        _TO_BOTTOM + "new MutationObserver(told => { for (const {addedNodes} of told) for (const node of addedNodes)"
        " if (node.className === 'm') setTimeout(() => { node.style.paddingTop = '47px'; }, 150); })"
        ".observe(list, {childList: true});"
    ),
    "more come in": _plain(_TO_BOTTOM + "let n = N; setInterval(() => { if (n < N + 3) { list.append(make(n++));"
                                        " list.scrollTop = 1e9; } }, 400);"),
    "never still": _plain(_TO_BOTTOM + "const dots = list.appendChild(document.createElement('i'));"
                                       "setInterval(() => { dots.textContent = Date.now(); }, 20);"),
    "without ids": _plain().replace("made.id = 'm' + i;", ""),
    "ids that repeat": _plain().replace("'m' + i;", "'m' + (i % 20 === 7 ? 7 : i);"),
    "days that stick": _plain(ADD="list.prepend(...take()); for (const old of list.querySelectorAll('.day')) old.remove();"
                                  "list.querySelectorAll('.m').forEach((m, n) => { if (n % 5 === 0) m.before(Object.assign("
                                  "document.createElement('div'), {className: 'day', textContent: 'day'})); })",
                              css=".day {position: sticky; top: 0; height: 30px; background: #fff}"),
    "fits the view": _plain().replace("N = 48", "N = 3"),
    "in a shadow": _plain(
        markup="<div id=host></div><script>const root = document.getElementById('host').attachShadow({mode: 'open'});"
        "root.innerHTML = '<div class=list id=list></div>'; root.prepend(document.querySelector('style').cloneNode(true));"
        "document.getElementById = name => root.getElementById(name);</script>"
    ),
}  # fmt: skip
# Something happens once the walk has left the newest messages.
_ON_THE_WAY = """
let low = false, done = false;
list.addEventListener('scroll', () => { low ||= list.scrollTop > 200; if (low && !done && list.scrollTop < 150) {
  done = true;
"""
# Never taken to be whole.
CUT = {
    "no mark": _plain(starts="false"),
    "a mark that is not shown": _plain(
        starts="false", markup="<div class=start style='display: none'></div><div class=list id=list></div>"
    ),
    "a mark of another list": _plain(
        starts="false", markup="<div class=start style='position: absolute; left: 750px'>no more contacts</div>"
                             "<div class=list id=list></div>",
    ),
    "another conversation comes up": _plain(
        _TO_BOTTOM + _ON_THE_WAY + "list.replaceChildren(mark()); first = 0;"
        "for (let n = 0; n < 90; n++) list.append(make(n));"
        "list.querySelectorAll('.m').forEach(m => { m.id = 'other' + m.id; }); } });"
    ),
    "loaded anew": _plain(_TO_BOTTOM + _ON_THE_WAY + "location.reload(); } });"),
}  # fmt: skip
FRAMED = "<!DOCTYPE html><iframe src='/thread/anchored' width=900 height=600></iframe>"

# Something else that stands where the messages do, or may: no part of the picture is theirs alone.
_AT = "position: fixed; left: 200px; top: 200px"
_QUIET = f"{_AT}; pointer-events: none"
_IMAGE = "url(\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E\")"
_SHADOW = ".attachShadow({mode: 'MODE'}).innerHTML = '<p style=\"" + _QUIET + "\">Leo wrote</p>'"


def _beside(extra: str, script: str = "", css: str = "") -> str:
    return _plain(f"{_TO_BOTTOM} {script}", css=css, markup=f"<div class=list id=list></div>{extra}").replace(
        "N = 48", "N = 9"
    )


COVERED = {
    "a toast": _beside(f"<div style='{_AT}'>Leo wrote</div>"),
    "one that cannot be pointed at": _beside(f"<div style='{_QUIET}'>Leo wrote</div>"),
    "a text out of an empty box": _beside(f"<p style='{_QUIET}; width: 0; height: 0; white-space: nowrap'>Leo wrote</p>"),
    "a text far from its box": _beside("<p style='position: absolute; left: 900px; top: 200px; width: 9px; height: 9px;"
                                       "text-indent: -700px; white-space: nowrap'>Leo wrote</p>"),
    "a style sheet's words": _beside("<b class=p></b>", css=f".p::after {{content: 'Leo wrote'; {_QUIET}}}"),
    "words after the body": _beside("", css=f"body::after {{content: 'Leo wrote'; {_QUIET}}}"),
    "words before the list": _beside("", css=f".list::before {{content: 'Leo wrote'; {_QUIET}}}"),
    "an attribute's words": _beside("<b class=p data-t='Leo wrote'></b>", css=".p {position: absolute; left: 900px; top: 0}"
                                    ".p::after {content: attr(data-t); position: absolute; left: -700px; top: 200px}"),
    "a background": _beside(f"<div style='{_QUIET}; width: 90px; height: 90px'><i></i></div>",
                            css=f"div:has(> i) {{background: {_IMAGE}}}"),
    "a canvas": _beside(f"<canvas style='{_QUIET}'></canvas>"),
    "a canvas in a message": _beside(
        "", "setTimeout(() => list.children[1].append(document.createElement('canvas')), 90);"),
    "an open shadow root": _beside("<div id=h></div>", "h" + _SHADOW.replace("MODE", "open")),
    "a closed shadow root": _beside("<div id=h></div>", "h" + _SHADOW.replace("MODE", "closed")),
    "an element beside the body": _beside(
        "", f"const far = document.documentElement.appendChild(document.createElement('p')); far.textContent = 'Leo wrote';"
            f"far.style.cssText = '{_QUIET}';"),
    "a dialog": _beside("<dialog id=d>Leo wrote</dialog>", "d.showModal();", "#d {margin: 200px; pointer-events: none}"),
    "a popover": _beside("<div popover id=d>Leo wrote</div>", "d.showPopover();", "#d {inset: 200px auto auto 200px}"),
    "one moved there": _beside("<p style='position: absolute; left: 900px; top: 0; transform: translate(-700px, 200px);"
                               "pointer-events: none'>Leo wrote</p>"),
    "one beneath": _beside(f"<p style='{_AT}; z-index: -1'>Leo wrote</p>"),
    "a panel slid over it": _beside("<div style='position: fixed; left: 600px; top: 0; width: 300px; height: 500px;"
                                    "pointer-events: none; background: #eee'>Leo</div>"),
    "one that comes and goes": _beside(
        "", f"setInterval(() => {{ const p = document.body.appendChild(document.createElement('p')); p.style.cssText ="
            f"'{_AT}'; p.textContent = 'Leo wrote'; setTimeout(() => p.remove(), 8); }}, 12);"),
}  # fmt: skip
# What is beside, or shows nothing, takes nothing away.
APART = {
    "alone": _beside(""),
    "a list of others": _beside("<div style='position: absolute; left: 710px; top: 0; width: 90px; white-space: nowrap;"
                                "overflow: hidden'>Leo Shen: your boxes are ready</div>"),
    "what is cut off": _beside("<div style='position: absolute; left: 800px; top: 0; width: 90px; height: 400px;"
                               "overflow: hidden'><p style='margin-left: -700px'>Leo wrote</p></div>"),
    "a place for what may come": _beside("<div></div><div style='position: fixed; left: 0; top: 0'></div>"),
    "a clock": _beside("<i id=c style='position: absolute; left: 710px'></i>",
                       "setInterval(() => { c.textContent = Date.now(); }, 20);"),
    "icons and clearfixes": _beside("<i class=p></i>", css=".p {position: absolute; left: 710px; top: 0}"
                                    ".p::before {content: 'i'} body::after {content: ''; display: table}"),
    "what is hidden": _beside(f"<p style='{_AT}; visibility: hidden'>Leo</p><p style='{_AT}; display: none'>Leo</p>"),
}  # fmt: skip
PAGES = {
    f"/thread/{name.replace(' ', '-')}": page for name, page in (WALKED | CUT | COVERED | APART | {"framed": FRAMED}).items()
}
