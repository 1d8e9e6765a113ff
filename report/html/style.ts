/** The report's own style: light and dark by the reader's setting, one column on a phone, plain on paper. */
export const STYLE: string = `
:root { color-scheme: light dark; --ink: #1f2328; --faint: #656d76; --line: #d8dee4; --paper: #ffffff; --card: #f6f8fa; --good: #00704f; --bad: #b3380b; --link: #0060a0; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e6e6; --faint: #a0a7ae; --line: #3a4047; --paper: #15181c; --card: #1e2227; --good: #3fd0a4; --bad: #ff9466; --link: #66b8f0; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1080px; padding: 24px 20px 60px; font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
h1 { font-size: 26px; margin: 0 0 4px; overflow-wrap: anywhere; } h2 { font-size: 19px; margin: 40px 0 10px; border-bottom: 1px solid var(--line); padding-bottom: 4px; } h3 { font-size: 15px; margin: 0 0 6px; }
p { margin: 6px 0; max-width: 75ch; } .faint { color: var(--faint); } .good { color: var(--good); font-weight: 600; } .bad { color: var(--bad); font-weight: 600; }
.verdict { font-size: 18px; margin: 14px 0; padding: 12px 16px; border-left: 5px solid var(--good); background: var(--card); } .verdict.missed { border-color: var(--bad); }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(130px, 1fr)); gap: 10px; margin: 16px 0; } .card { background: var(--card); padding: 10px 12px; border-radius: 6px; } .card b { display: block; font-size: 20px; } .card span { color: var(--faint); font-size: 13px; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 14px; } th, td { padding: 4px 12px 4px 0; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; } th:first-child, td:first-child, td.text, th.text { text-align: left; } th { font-weight: 600; } td.wrap { white-space: normal; min-width: 240px; }
caption { text-align: left; }
/* A shadow at the side where there is more to scroll to (Lea Verou, "Pure CSS scrolling shadows"). */
.scroll { overflow-x: auto; max-width: 100%; background: linear-gradient(to right, var(--paper) 30%, transparent) 0 0 / 40px 100%, linear-gradient(to left, var(--paper) 30%, transparent) 100% 0 / 40px 100%, linear-gradient(to right, #8886, transparent) 0 0 / 12px 100%, linear-gradient(to left, #8886, transparent) 100% 0 / 12px 100%; background-repeat: no-repeat; background-attachment: local, local, scroll, scroll; } details .scroll { max-height: 360px; overflow: auto; }
figure { margin: 18px 0; min-width: 0; } figcaption { display: flex; flex-wrap: wrap; gap: 6px 12px; align-items: baseline; } figcaption h3 { flex: 1 1 auto; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 460px), 1fr)); gap: 20px; } figure svg { max-width: 100%; height: auto; } @media (max-width: 699px) { figure .wide svg { max-width: none; } }
button { font: inherit; font-size: 12px; padding: 1px 8px; color: var(--link); background: none; border: 1px solid var(--line); border-radius: 4px; cursor: pointer; } button:focus-visible, .chart:focus-visible, summary:focus-visible, a:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
summary { cursor: pointer; color: var(--link); font-size: 13px; } code, pre { font: 13px/1.45 ui-monospace, monospace; } pre { background: var(--card); padding: 10px 12px; overflow-x: auto; border-radius: 6px; }
.uplot { font-family: inherit; } .u-legend .edge { display: none; } .u-legend { font-size: 13px; text-align: left; } .u-legend th, .u-legend td { border: 0; padding: 1px 4px; } .u-legend .u-value { display: inline-block; min-width: 5em; text-align: left; }
a.skip { position: absolute; left: -9999px; } a.skip:focus { left: 8px; top: 8px; background: var(--paper); padding: 4px 8px; }
@media print { :root { color-scheme: light; --ink: #000; --paper: #fff; --card: #f4f4f4; --line: #ccc; --faint: #444; } button, summary { display: none; } figure, tr { break-inside: avoid; } h2, h3 { break-after: avoid; } .scroll { overflow: visible; background: none; } table { font-size: 12px; } body { max-width: none; } }
`
