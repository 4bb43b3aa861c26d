/// How the report looks, by day and by night, on a screen and on paper; nothing is fetched.
enum ReportStyle {
  static let sheet: HTML = """
    :root{color-scheme:light dark;--page:#f6f7f9;--card:#fff;--text:#1c2128;--quiet:#6b7480;--line:#e3e6ea;\
    --accent:#3f6fb5;--good:#2a7d3f;--odd:#a86f08;--bad:#b3261e}
    @media(prefers-color-scheme:dark){:root{--page:#14171b;--card:#1c2026;--text:#e4e7eb;--quiet:#929ba6;\
    --line:#2d333b;--accent:#7aa5e3;--good:#58b974;--odd:#dca23c;--bad:#f0776e}}
    body{font:15px/1.5 system-ui,sans-serif;background:var(--page);color:var(--text);max-width:72rem;\
    margin:0 auto;padding:1.5rem 1rem 3rem}
    header{border-left:.35rem solid var(--quiet);padding:.1rem 0 .1rem 1rem;margin-bottom:1.2rem}\
    header.succeeded{border-color:var(--good)}header.partial{border-color:var(--odd)}\
    header.failed{border-color:var(--bad)}
    h1{font-size:1.7rem;margin:0;letter-spacing:-.01em}h2{font-size:1.05rem;margin:0 0 .7rem}p{margin:.25rem 0}
    .state{font-size:.85rem;font-weight:600;letter-spacing:.01em;vertical-align:.2em;padding:.15rem .65rem;\
    border-radius:1rem;color:#fff;background:#6b7480}.state.succeeded{background:#2a7d3f}\
    .state.partial{background:#a86f08}.state.failed{background:#b3261e}
    section{background:var(--card);border:1px solid var(--line);border-radius:.7rem;padding:1rem 1.2rem;margin:1rem 0;\
    overflow-x:auto}
    .tiles{display:flex;flex-wrap:wrap;gap:.7rem}.tiles div{background:var(--card);border:1px solid var(--line);\
    border-radius:.7rem;padding:.55rem 1.1rem}.tiles b{display:block;font-size:1.3rem;font-weight:650}\
    .tiles span{color:var(--quiet);font-size:.85rem}
    .flow{display:flex;flex-wrap:wrap;gap:.35rem;align-items:center;margin:.9rem 0 0;padding:0;list-style:none}\
    .flow li{border:1px solid var(--line);background:var(--card);border-radius:.5rem;padding:.15rem .6rem;\
    font-size:.85rem}.flow li+li{margin-left:1.1rem;position:relative}\
    .flow li+li::before{content:"→";color:var(--quiet);position:absolute;left:-1.3rem}
    table{border-collapse:collapse;width:100%}th{color:var(--quiet);font-size:.8rem;font-weight:600}\
    td,th{border-bottom:1px solid var(--line);padding:.32rem .6rem;text-align:left;vertical-align:top;\
    overflow-wrap:anywhere}tr:last-child td{border-bottom:0}td:first-child,th:first-child{padding-left:0}
    .n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}.quiet{color:var(--quiet)}\
    .reason{font-size:1.05rem}code,pre{font:.86em/1.5 ui-monospace,monospace}pre{overflow-x:auto}
    .bar{width:30%}.bar i{display:block;height:.65rem;margin-top:.42rem;background:var(--accent);border-radius:.35rem;\
    min-width:2px}
    .pictures{display:grid;grid-template-columns:repeat(auto-fit,minmax(20rem,1fr));gap:1rem}\
    figure{margin:0}figcaption{color:var(--quiet);font-size:.85rem}img{max-width:100%;border-radius:.4rem;display:block}
    .plots{display:flex;flex-wrap:wrap;gap:1.2rem}.plot{flex:1 1 24rem;max-width:34rem}.plot b{color:var(--text)}\
    svg{width:100%}.grid{stroke:var(--line)}.tick{font-size:11px;fill:var(--quiet)}\
    .line{fill:none;stroke:var(--accent);stroke-width:1.7;stroke-linejoin:round}\
    .band{fill:var(--accent);opacity:.17}.dot{fill:var(--accent)}
    summary{cursor:pointer}details>summary h2{display:inline-block;margin:0}details[open]>summary{margin-bottom:.7rem}
    dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;margin:0}dt{color:var(--quiet)}\
    dd{margin:0;overflow-wrap:anywhere}
    @media print{body{background:none}section,.tiles div{break-inside:avoid}}
    """
}
