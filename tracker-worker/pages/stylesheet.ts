/** The one stylesheet of all pages, inline: a page is one request, and its hash is all that the CSP lets in. */
export const STYLESHEET = `
:root{color-scheme:light dark;--text:#1b1f24;--quiet:#5b6470;--line:#d9dee4;--back:#fff;--panel:#f5f7f9;--accent:#0b5fbd;--on-accent:#fff}
@media (prefers-color-scheme:dark){:root{--text:#e6eaef;--quiet:#9aa5b1;--line:#333b44;--back:#14181c;--panel:#1c2228;--accent:#7ab8ff;--on-accent:#0b1016}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--text);font:1rem/1.5 system-ui,sans-serif}
header,main{max-width:46rem;margin:0 auto;padding:0 1rem}
header{padding-top:1rem}
header a{color:var(--quiet);text-decoration:none;font-weight:600}
main{padding-bottom:3rem}
h1{font-size:1.5rem;line-height:1.25;margin:1rem 0;overflow-wrap:anywhere}
h2{font-size:1.125rem;margin:2rem 0 .5rem}
a{color:var(--accent)}
a:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.actions{display:flex;flex-wrap:wrap;gap:.75rem;margin:1.25rem 0}
.button{display:inline-block;padding:.6rem 1.1rem;border:1px solid var(--accent);border-radius:.5rem;text-decoration:none;font-weight:600}
.button.first{background:var(--accent);color:var(--on-accent)}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(7rem,1fr));gap:1px;margin:1.25rem 0;background:var(--line);border:1px solid var(--line);border-radius:.5rem;overflow:hidden}
.facts div{background:var(--panel);padding:.6rem .8rem}
dt{color:var(--quiet);font-size:.8125rem}
dd{margin:0;font-weight:600;overflow-wrap:anywhere}
code{font:.875rem/1.5 ui-monospace,monospace;overflow-wrap:anywhere}
table{width:100%;border-collapse:collapse}
th{color:var(--quiet);font-size:.8125rem;font-weight:400;text-align:start}
td,th{padding:.4rem 0;border-bottom:1px solid var(--line);vertical-align:top}
td:first-child{overflow-wrap:anywhere}
td:last-child,th:last-child{text-align:end;white-space:nowrap;padding-inline-start:1rem}
.quiet{color:var(--quiet)}
.lines{white-space:pre-line;font-weight:400;margin:0 0 .75rem}
pre{margin:.5rem 0;padding:.6rem .8rem;background:var(--panel);border-radius:.375rem;white-space:pre-wrap}
h3{margin:2rem 0 .5rem;font-size:1rem}
h4{margin:1rem 0 .25rem;font-size:.8125rem}
.problem{border-inline-start:3px solid var(--accent);padding:.25rem .75rem;background:var(--panel)}
label{display:block;font-weight:600}
input{width:100%;margin:.25rem 0 1rem;padding:.5rem .6rem;border:1px solid var(--quiet);border-radius:.375rem;background:var(--back);color:var(--text);font:inherit}
button.button:not(.first){background:var(--back);color:var(--accent)}
button.button{font:inherit;font-weight:600;cursor:pointer}
input:focus-visible,button:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
`;
