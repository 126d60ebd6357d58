/**
 * The one stylesheet of all pages, inline: a page is one request, and its hash is all that the CSP lets in.
 *
 * Tokens first, then elements, then the few classes that pages are made of: `panel`, `row`, `button`, `badge`,
 * `notice`, `facts`, `field`, `scroll`, `code-line`, `tree`, `listing`, `chart`. Colours are tokens alone, so that dark is one block.
 */
export const STYLESHEET = `
:root{color-scheme:light dark;
--text:#17211d;--quiet:#56635d;--line:#dbe3df;--edge:#84918b;--back:#fff;--panel:#f4f7f5;--accent:#0a6449;--accent-strong:#084f3a;--on-accent:#fff;
--good:#0a6449;--warn:#7d5000;--bad:#ab1f2d;--good-back:#e6f4ed;--warn-back:#fdf3dd;--bad-back:#fdebec;
--round:.625rem;--mono:ui-monospace,"SF Mono",Menlo,Consolas,monospace}
@media (prefers-color-scheme:dark){:root{
--text:#e6edea;--quiet:#9fb0a8;--line:#2c3733;--edge:#6d7c75;--back:#111715;--panel:#19211e;--accent:#6fd6ab;--accent-strong:#8fe3c1;--on-accent:#06241a;
--good:#6fd6ab;--warn:#eec170;--bad:#ff9aa2;--good-back:#12291f;--warn-back:#2c2310;--bad-back:#351a1d}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--back);color:var(--text);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
body>header,main,body>footer{max-width:52rem;margin:0 auto;padding:0 1.25rem}
body>header{display:flex;flex-wrap:wrap;align-items:center;gap:.25rem 1.5rem;padding-block:1rem}
body>header a,body>footer a{color:var(--quiet);text-decoration:none}
body>header .brand{display:flex;align-items:center;gap:.5rem;margin-inline-end:auto;color:var(--text);font-weight:650;letter-spacing:-.01em}
body>header .brand svg{width:1.25rem;height:1.25rem;color:var(--accent)}
body>header nav{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem}
body>header nav a[aria-current]{color:var(--text);font-weight:600}
body>header a:hover,body>footer a:hover{color:var(--accent);text-decoration:underline}
body>footer{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;padding-block:1.5rem 2.5rem;color:var(--quiet);font-size:.875rem}
main{padding-block:.75rem 2rem}
h1{font-size:clamp(1.375rem,1.1rem + 1.6vw,1.875rem);line-height:1.2;letter-spacing:-.015em;font-weight:700;margin:.5rem 0;overflow-wrap:anywhere}
h2{font-size:1.125rem;line-height:1.3;letter-spacing:-.005em;margin:2.5rem 0 .75rem}
h3{font-size:1rem;margin:1.5rem 0 .5rem}
h3:first-child{margin-top:0}
.heading{display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:.625rem;margin:2.5rem 0 .75rem}
.heading h2{margin:0}
p{margin:.75rem 0}
a{color:var(--accent);text-underline-offset:.15em}
a:hover{color:var(--accent-strong)}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:.25rem}
[hidden]{display:none!important}
.quiet{color:var(--quiet)}
.small{font-size:.875rem}
.prose{white-space:pre-line;overflow-wrap:anywhere}
.visually-hidden{position:absolute;width:1px;height:1px;margin:-1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.row{display:flex;flex-wrap:wrap;align-items:center;gap:.625rem}
.panel,.stack{display:grid;grid-template-columns:minmax(0,1fr);gap:.875rem}
.panel>*,.stack>*{margin:0}
.panel{background:var(--panel);border:1px solid var(--line);border-radius:var(--round);padding:1.25rem;margin:1.25rem 0}

.button{display:inline-flex;align-items:center;justify-content:center;gap:.5rem;min-height:2.75rem;padding:.5rem 1rem;border:1px solid var(--edge);border-radius:.5rem;background:var(--back);color:var(--text);font:inherit;font-weight:600;line-height:1.25;text-decoration:none;cursor:pointer}
.button:hover{border-color:var(--accent);color:var(--accent)}
.button.first{background:var(--accent);border-color:var(--accent);color:var(--on-accent)}
.button.first:hover{background:var(--accent-strong);border-color:var(--accent-strong);color:var(--on-accent)}
.button.danger{color:var(--bad)}
.button.danger:hover{border-color:var(--bad)}
.button.small{min-height:2rem;padding:.25rem .625rem;font-size:.875rem;font-weight:500}
.button[aria-current]{border-color:var(--accent);color:var(--accent)}
.button[disabled]{opacity:.6;cursor:default}

.badge{display:inline-block;padding:.0625rem .5rem;border-radius:1rem;background:var(--panel);border:1px solid var(--line);font-size:.8125rem;font-weight:600;white-space:nowrap}
.badge.good{color:var(--good);background:var(--good-back);border-color:transparent}
.badge.warn{color:var(--warn);background:var(--warn-back);border-color:transparent}
.badge.bad{color:var(--bad);background:var(--bad-back);border-color:transparent}
.status{display:flex;gap:.625rem;align-items:baseline;font-weight:600}
.status::before{content:"";flex:none;width:.625rem;height:.625rem;border-radius:50%;background:var(--edge);transform:translateY(-.05em)}
.status[data-tone=good]::before{background:var(--good)}
.status[data-tone=warn]::before{background:var(--warn)}
.status[data-tone=bad]::before{background:var(--bad)}
.notice{padding:.75rem 1rem;border-radius:var(--round);border:1px solid var(--line);border-inline-start:4px solid var(--accent);background:var(--panel);margin:1rem 0;overflow-wrap:anywhere}
.notice.good{background:var(--good-back);border-color:var(--good)}
.notice.warn{background:var(--warn-back);border-color:var(--warn)}
.notice.bad{background:var(--bad-back);border-color:var(--bad)}
.notice>:first-child{margin-top:0}
.notice>:last-child{margin-bottom:0}

.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(7.5rem,1fr));margin:1.25rem 0;background:var(--back);border:1px solid var(--line);border-radius:var(--round);overflow:hidden}
.facts div{margin:-1px 0 0 -1px;padding:.625rem .875rem;border:solid var(--line);border-width:1px 0 0 1px}
.panel .facts,.panel .notice{margin:0}
dt{color:var(--quiet);font-size:.8125rem}
dd{margin:0;font-weight:600;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}

code{font:.875rem/1.5 var(--mono);overflow-wrap:anywhere}
.code-line{display:flex;align-items:flex-start;gap:.625rem;margin:.375rem 0 1rem;padding:.375rem .375rem .375rem .75rem;background:var(--panel);border:1px solid var(--line);border-radius:.5rem}
.code-line code{flex:1;min-width:0;max-height:9rem;padding-block:.3rem;overflow:auto;white-space:pre-wrap}
.code-line .button{flex:none}

.scroll{position:relative;overflow-x:auto}
table{width:100%;border-collapse:collapse}
th{color:var(--quiet);font-size:.8125rem;font-weight:500;text-align:start}
td,th{padding:.5rem 0;border-bottom:1px solid var(--line);vertical-align:top}
td+td,th+th{padding-inline-start:1rem}
td:first-child{overflow-wrap:anywhere}
td time{white-space:nowrap}
td:last-child,th:last-child,.number{text-align:end;white-space:nowrap;font-variant-numeric:tabular-nums}

label{display:block;font-weight:600;margin-bottom:.25rem}
.field{margin:1rem 0;min-width:0}
.field>:last-child{margin-bottom:0}
.panel>.field{margin:0}
.panel>.button{justify-self:start}
.hint{color:var(--quiet);font-size:.875rem;margin:.375rem 0}
.field-error{color:var(--bad);font-size:.875rem;font-weight:600;margin:.25rem 0}
input:not([type=checkbox],[type=radio],[type=range]),select,textarea{width:100%;min-height:2.75rem;padding:.5rem .75rem;border:1px solid var(--edge);border-radius:.5rem;background:var(--back);color:inherit;font:inherit;font-weight:400}
textarea{display:block;min-height:6rem;resize:vertical}
textarea.short{min-height:4.5rem}
input[type=checkbox],input[type=radio]{width:1.125rem;height:1.125rem;accent-color:var(--accent);vertical-align:-.2rem}
[aria-invalid=true]{border-color:var(--bad)!important}
progress{appearance:none;display:block;width:100%;height:.625rem;border:0;border-radius:1rem;background:var(--line);overflow:hidden;color:var(--accent)}
progress::-webkit-progress-bar{background:var(--line)}
progress::-webkit-progress-value{background:var(--accent);border-radius:1rem}
progress::-moz-progress-bar{background:var(--accent);border-radius:1rem}
progress:indeterminate{background:repeating-linear-gradient(-45deg,var(--line) 0 .5rem,var(--edge) .5rem 1rem)}
progress:indeterminate::-webkit-progress-bar{background:transparent}

summary{cursor:pointer}
.tree,.tree ul{list-style:none;margin:0;padding:0}
.tree ul{margin-inline-start:.4375rem;padding-inline-start:1.125rem;border-inline-start:1px solid var(--line)}
.tree li>div,.tree summary{display:flex;flex-wrap:wrap;align-items:baseline;gap:0 1rem;padding:.375rem 0}
.tree summary::before{content:"";flex:none;align-self:center;width:.4375rem;height:.4375rem;margin-inline:.125rem -.25rem;border-inline-end:2px solid var(--quiet);border-block-end:2px solid var(--quiet);transform:rotate(-45deg)}
[dir=rtl] .tree summary::before{transform:rotate(45deg)}
.tree details[open]>summary::before{transform:rotate(45deg) translate(-.1rem,-.1rem)}
.tree summary{list-style:none;font-weight:600}
.tree summary::-webkit-details-marker{display:none}
.tree .name{flex:1 1 9rem;min-width:0;overflow-wrap:anywhere}
.tree .size{color:var(--quiet);font-size:.875rem;font-weight:400;white-space:nowrap;font-variant-numeric:tabular-nums}
.tree .size:last-child{margin-inline-start:auto}
.tree .row{flex-wrap:nowrap}
.qr{display:block;width:10rem;height:10rem;padding:.625rem;background:#fff;border:1px solid var(--line);border-radius:var(--round)}
.beside{display:grid;grid-template-columns:auto minmax(0,1fr);gap:1.5rem;align-items:start}
video,audio{display:block;width:100%;border-radius:var(--round)}
video{max-height:70vh;background:#000}
.signed-in{float:inline-end;max-width:60%;margin-block:.25rem .75rem;margin-inline-start:1rem}
.signed-in p{margin:0;min-width:0;overflow-wrap:anywhere}
.signed-in~.panel,.signed-in~.notice,.signed-in~.facts{clear:both}
.drop{padding:1.25rem;border:2px dashed var(--edge);border-radius:var(--round);text-align:center}
.drop .row{justify-content:center}
.drop>:first-child{margin-top:0}
.drop>:last-child{margin-bottom:0}
.drop[data-over]{border-color:var(--accent);background:var(--good-back)}
.drop label{position:relative;margin:0}
.drop label:focus-within{outline:2px solid var(--accent);outline-offset:2px}
.jobs{list-style:none;margin:0;padding:0}
.jobs li{padding:.75rem 0;border-bottom:1px solid var(--line)}
.jobs p{margin:.25rem 0}
fieldset{border:0;padding:0}
legend{font-weight:600;padding:0;margin-bottom:.25rem}
.choice{display:flex;gap:.625rem;font-weight:400;margin:.375rem 0}
.choice input{flex:none;margin-top:.25rem}
.lines{white-space:pre-line;font-weight:400;margin:0 0 .75rem}
pre{margin:.5rem 0;padding:.625rem .75rem;background:var(--panel);border:1px solid var(--line);border-radius:.5rem;white-space:pre-wrap;overflow-wrap:anywhere}
h4{margin:1rem 0 .25rem;font-size:.875rem}
.contents{columns:2 17rem;column-gap:2rem;list-style:none;margin:0;padding:0;font-size:.875rem}
.contents li{break-inside:avoid;padding:.1875rem 0}
.contents strong{display:block;padding-block-start:.5rem}
.operation{scroll-margin-top:1rem}
.operation h3{display:flex;align-items:baseline;gap:.625rem}
.operation h3 code{font-size:.9375rem;font-weight:600}
.operation .method{min-width:4rem;text-align:center;font-family:var(--mono)}
.operation:target{border-color:var(--accent)}
.operation pre{background:var(--back);white-space:pre;overflow-x:auto}
.operation h4,.operation summary{font-size:.875rem;font-weight:600}
.operation section>*,.operation details>*{margin:0}
.operation section>*+*,.operation details>*+*{margin-top:.375rem}
.said td:last-child,.said th:last-child{text-align:start;white-space:normal}
.said td:first-child{width:30%}
.said p{margin:0;font-size:.8125rem}
.announces td:first-child{min-width:9rem}
.announces td:last-child{white-space:normal}
.lead{color:var(--quiet);font-size:1.0625rem;max-width:38rem}
.search{display:flex;flex-wrap:wrap;align-items:end;gap:.625rem;margin:1.25rem 0}
.search label{flex:1 0 10rem;margin:0;font-size:.875rem}
.search label:first-child{flex:4 1 14rem}
.listing td>a{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:4;overflow:hidden}
.listing td p{margin:.125rem 0 0;font-size:.875rem}
.pager{display:flex;justify-content:space-between;gap:1rem;margin:1.5rem 0}
.chart{margin:1.5rem 0}
.chart figcaption,.chart .ends{display:flex;flex-wrap:wrap;justify-content:space-between;gap:.25rem 1rem;font-size:.875rem}
.chart figcaption strong{margin-inline-end:auto}
.chart .ends{margin:.25rem 0;color:var(--quiet);font-size:.8125rem}
.chart .legend::before{content:"";display:inline-block;width:1.25rem;margin-inline-end:.375rem;vertical-align:.25em;border-top:2px solid var(--accent)}
.chart .legend.line-2::before{border-top:2px dashed var(--warn)}
.chart .plot{position:relative;margin-top:.5rem}
.chart .unknown{display:grid;place-content:center;min-height:5rem;margin:.5rem 0 0;border-block:1px solid var(--line);color:var(--quiet);font-size:.875rem;text-align:center}
.chart .scale{position:absolute;inset-block-start:.125rem;inset-inline-start:0;color:var(--quiet);font-size:.75rem}
.chart svg{display:block;width:100%;height:7.5rem}
.chart path{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round;vector-effect:non-scaling-stroke}
.chart .grid{stroke:var(--line);stroke-width:1}
.chart path.line-1{stroke:var(--accent)}
.chart path.line-2{stroke:var(--warn);stroke-dasharray:5 4}
@media (max-width:36rem){
.actions .button,.drop .button{flex:1 1 auto;padding-inline:.75rem}
.actions .button.first{flex-basis:100%}
.beside{grid-template-columns:minmax(0,1fr)}
.panel{padding:1rem}
.listing.wide{min-width:32rem}
.signed-in{float:none;max-width:none;justify-content:space-between;margin:0}
}
@media (prefers-reduced-motion:no-preference){summary::before{transition:transform .12s}}
`;
