"""Sixty strings that a user, a file or a column may hold, each of which has broken some page somewhere.

``EXECUTES`` is what they would do if one of them ran: the browser of the tests takes any ``alert`` for a failure.
"""

EXECUTES = "alert(1)"

TAGS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=https://example.org/x.js></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<img src=https://example.org/x.png>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s></svg>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=https://example.org/x.swf>",
    "<style>*{display:none}</style>",
    "<link rel=stylesheet href=https://example.org/x.css>",
    '<meta http-equiv="refresh" content="0;url=https://example.org/">',
    "<base href=https://example.org/>",
    "<form action=https://example.org/><input autofocus onfocus=alert(1)></form>",
    "<details open ontoggle=alert(1)><summary>x</summary></details>",
    "<video><source onerror=alert(1)></video>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<b>bold</b><table><tr><td>",
    "</td></tr></table></section></main></body></html>",
    "</title><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</svg><script>alert(1)</script>",
    "</data></bdi><img src=x onerror=alert(1)>",
]
QUOTES = [
    '" onmouseover="alert(1)',
    "' onmouseover='alert(1)",
    '"><img src=x onerror=alert(1)>',
    "`onmouseover=alert(1)",
    "x onfocus=alert(1) autofocus tabindex=1 ",
    "\"'`",
]
COMMENTS = [
    "<!-- never closed",
    "<!--<script>",
    "--><script>alert(1)</script>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "]]><script>alert(1)</script>",
    "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>&y;",
]
ENTITIES = [
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;img src=x onerror=alert(1)&#62;",
    "&amp;&bogus;&#x202e;",
]
TEMPLATES = ["{{ 7*7 }}", "{% for x in y %}{{ x }}", "${alert(1)}", "#{alert(1)}"]
LINKS = [
    "javascript:alert(1)",
    "[x](javascript:alert(1))",
    "![x](https://example.org/x.png)",
    "data:text/html,<script>alert(1)</script>",
]
LETTERS = [
    "null\x00bell\x07escape\x1b[2J",
    "\u202eright to left\u2066isolated",
    "zero\u200bwidth\u200d\ufeff",
    "שלום עולם مرحبا",
    "line\u2028paragraph\u2029end",
]
OTHERS = ["=cmd|' /C calc'!A0", '","x":1},{"__proto__":{"y":', "W" * 250]

SIXTY = [*TAGS, *QUOTES, *COMMENTS, *ENTITIES, *TEMPLATES, *LINKS, *LETTERS, *OTHERS]
