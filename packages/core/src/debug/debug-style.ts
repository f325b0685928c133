/** How the debug page looks. */
export const DEBUG_STYLE = `
:root{color-scheme:light dark;--ink:light-dark(#23201d,#e9e6e2);--soft:light-dark(#6b645c,#a39b92);--line:light-dark(#e4dfd8,#37332f);
--paper:light-dark(#fdfcfa,#191715);--card:light-dark(#f5f2ed,#221f1c);--red:light-dark(#b3261e,#ff8a80);--at:light-dark(#fde7c7,#4a3413)}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.55 system-ui,sans-serif;overflow-wrap:anywhere}
header,main,footer{max-width:62rem;margin:0 auto;padding:0 1.5rem}
header{padding-top:2.5rem;padding-bottom:1rem}
code,pre,.frame,.others li,th{font:.875rem/1.6 ui-monospace,'SF Mono',Menlo,Consolas,monospace}
.line{margin:0;color:var(--soft)}.line b{color:var(--red)}.line code{margin-left:.75rem}
h1{margin:.4rem 0 .8rem;font-size:1.65rem;line-height:1.3;font-weight:650;white-space:pre-wrap}
h1 small,h2 small{display:block;color:var(--red);font-size:1rem;font-weight:600}
h2{font-size:1.1rem;margin:2.2rem 0 .7rem;white-space:pre-wrap}h2 small{color:var(--soft);font-size:.85rem}
h3{font-size:.85rem;color:var(--soft);margin:1.1rem 0 .2rem}
.tags{margin:0 0 .8rem}.tags span{border:1px solid var(--line);border-radius:1rem;padding:.1rem .7rem;font-size:.85rem}
.fix{margin:.4rem 0 .8rem;padding:.6rem .9rem;border-left:3px solid #2e9e6b;background:var(--card);white-space:pre-wrap}
.frame,.others{margin:.35rem 0}
summary,p.frame{padding:.4rem .8rem}summary{cursor:pointer;border-radius:.4rem}summary:hover{background:var(--card)}
summary:focus-visible,pre:focus-visible{outline:2px solid var(--red);outline-offset:1px}
.frame span,.others,.others li{color:var(--soft)}.others{font-size:.9rem}.others ul{margin:0 0 .6rem;padding-left:2.2rem}
pre{margin:.2rem 0 1rem;padding:.7rem 0;border:1px solid var(--line);border-radius:.5rem;background:var(--card);overflow-x:auto;overflow-wrap:normal}
pre span,pre mark{display:block;width:max-content;min-width:100%;padding-right:1rem}.frame pre span{color:inherit}
pre mark{background:var(--at);color:inherit;font-weight:600;box-shadow:inset 3px 0 var(--red)}
pre i{display:inline-block;width:3.6rem;padding-right:1rem;text-align:right;color:var(--soft);font-style:normal;user-select:none}
table{width:100%;border-collapse:collapse}tr+tr{border-top:1px solid var(--line)}
th,td{padding:.3rem .8rem .3rem 0;text-align:left;vertical-align:top;font-size:.875rem}th{width:30%;font-weight:400;color:var(--soft)}
td+td{width:30%;color:var(--soft)}
footer{margin-top:3rem;padding-bottom:2rem;font-size:.8rem;color:var(--soft)}
@media(max-width:40rem){header,main,footer{padding-left:1rem;padding-right:1rem}h1{font-size:1.3rem}.frame span{display:block}}
`
