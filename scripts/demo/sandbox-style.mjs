/**
 * The sandbox's style: the web app's calm and colours, light and dark, without its parts: the
 * sandbox works when the web app does not.
 */
export const STYLE = `
:root { color-scheme: light; --canvas:#f5f4f1; --surface:#fff; --line:#e7e5e0; --control:#8f8c84; --ink:#1c1b19; --muted:#65625b; --accent:#3650a8; --on-accent:#fff; --selected:#e9eefb; --hover:#f0efeb; --good:#1c6b45; --good-soft:#e7f4ec; --bad:#b3261e; --bad-soft:#fdeeec }
@media (prefers-color-scheme: dark) { :root { color-scheme: dark; --canvas:#121214; --surface:#19191c; --line:#2b2b30; --control:#74747e; --ink:#ededf0; --muted:#a0a0aa; --accent:#a3b6fa; --on-accent:#121214; --selected:#232b46; --hover:#242429; --good:#84d3a7; --good-soft:#18301f; --bad:#f49a92; --bad-soft:#3a1d1c } }
* { box-sizing: border-box }
body { margin:0; height:100vh; display:flex; flex-direction:column; background:var(--canvas); color:var(--ink); font:14px/1.5 'Inter Variable','Noto Sans',system-ui,'Segoe UI',sans-serif }
header { display:flex; align-items:baseline; gap:1rem; padding:.75rem 1.25rem; border-bottom:1px solid var(--line) }
h1 { font-size:1rem; margin:0 } h2 { font-size:1.125rem; line-height:1.4; margin:0 0 .25rem; overflow-wrap:anywhere }
header p { margin:0; color:var(--muted); flex:1 }
a { color:var(--accent) }
:focus-visible { outline:2px solid var(--accent); outline-offset:1px }
.banner { margin:0; padding:.5rem 1.25rem; background:var(--good-soft); color:var(--good) } .banner.failed { background:var(--bad-soft); color:var(--bad) }
.panes { flex:1; min-height:0; display:grid; grid-template-columns:15rem 22rem 1fr }
nav, .list, main { overflow:auto; padding:.75rem } nav, .list { border-right:1px solid var(--line) } .list, main { background:var(--surface) } main { padding:1.25rem 1.75rem }
nav a, .list a:not(.button) { display:flex; gap:.5rem; align-items:center; justify-content:space-between; padding:.45rem .6rem; border-radius:.5rem; color:inherit; text-decoration:none }
nav a:hover, .list a:not(.button):hover { background:var(--hover) } [aria-current] { background:var(--selected) !important }
nav b, nav small, .list b, .list span { display:block; overflow:hidden; text-overflow:ellipsis; white-space:nowrap } nav span { min-width:0 } b { font-weight:550 } small, time, .meta, .empty { color:var(--muted) }
nav i { font-style:normal; font-size:.75rem; color:var(--muted) }
.list a:not(.button) { display:block; border-bottom:1px solid var(--line); border-radius:0 } .list span:first-child { display:flex; justify-content:space-between; gap:.5rem } .list time { font-size:.75rem; flex:none }
em { font-style:normal; font-size:.6875rem; color:var(--muted); border:1px solid var(--line); border-radius:.3rem; padding:0 .3rem }
.button, button { display:inline-block; font:inherit; font-weight:550; padding:.4rem .9rem; border:0; border-radius:.45rem; background:var(--accent); color:var(--on-accent); text-decoration:none; cursor:pointer } .button { margin:0 0 .75rem }
pre { font:inherit; white-space:pre-wrap; overflow-wrap:anywhere; margin:1rem 0 } .meta { margin:0 0 .5rem; overflow-wrap:anywhere }
.file { display:inline-block; margin:.25rem .35rem 0 0; padding:.15rem .6rem; border:1px solid var(--line); border-radius:.45rem; font-size:.8125rem }
details { margin:.5rem 0; color:var(--muted) } summary { cursor:pointer } iframe { width:100%; height:22rem; border:1px solid var(--line); border-radius:.45rem; background:#fff }
dl { display:grid; grid-template-columns:max-content 1fr; gap:.15rem .75rem; font-size:.8125rem; margin:.5rem 0 } dd { margin:0; overflow-wrap:anywhere; color:var(--ink) }
form { margin-top:1.25rem; padding-top:1rem; border-top:1px solid var(--line); display:grid; gap:.35rem; max-width:46rem } main > form:first-child { border:0; margin:0; padding:0 } label { color:var(--muted); font-size:.8125rem; margin-top:.35rem }
input, textarea { font:inherit; color:inherit; background:var(--surface); border:1px solid var(--control); border-radius:.45rem; padding:.45rem .6rem; width:100% } form button { justify-self:start; margin-top:.5rem }
@media (max-width: 60rem) { body { height:auto } .panes { display:block } nav { display:flex; gap:.25rem; border-right:0; border-bottom:1px solid var(--line) } nav a { flex:none } .list { border-right:0; max-height:18rem; border-bottom:1px solid var(--line) } header { flex-wrap:wrap } main { padding:1rem } }
`
