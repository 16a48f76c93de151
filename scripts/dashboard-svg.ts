/** Draws a dashboard's layout: a box for each widget, with its title, its kind and what it shows. Pure. */
import type { Dashboard, Widget } from './dashboard-body.ts';

/** Pixels of the grid's columns and rows, and between widgets. */
const COLUMN = 44;
const ROW = 24;
const GAP = 4;
const COLUMNS = 24;

/** Pixels of a character: of the proportional text, and of the monospaced. */
const CHARACTER = 6.6;

const INK = '#16191f';
const FAINT = '#687078';
const LINE = '#d5dbdb';
/** What CloudWatch draws lines in that have no colour of their own. */
const DEFAULT_COLOR = '#1f77b4';

/** Draws the dashboard as an SVG of its own, without fonts or scripts from elsewhere. */
export function drawDashboard({ widgets }: Dashboard): string {
  const width = COLUMNS * COLUMN;
  const height = Math.max(...widgets.map((widget) => widget.y + widget.height)) * ROW;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="Helvetica, Arial, sans-serif" font-size="12">`,
    '<title>The dashboard: what is where</title>',
    `<rect width="${width}" height="${height}" fill="#f2f3f3"/>`,
    ...widgets.flatMap(drawWidget),
    '</svg>',
    '',
  ].join('\n');
}

function drawWidget(widget: Widget): string[] {
  const place = `translate(${widget.x * COLUMN + GAP} ${widget.y * ROW + GAP})`;
  return [`<g transform="${place}">`, ...contentOf(widget), '</g>'];
}

function contentOf(widget: Widget): string[] {
  if (widget.type === 'text') return drawText(widget);
  if (widget.type === 'alarm') return [...drawBox(widget, 'alarm status'), ...drawAlarms(widget)];
  return [...drawBox(widget, widget.properties.stacked ? 'stacked' : 'lines'), ...drawLegend(widget)];
}

function innerWidth({ width }: Widget): number {
  return width * COLUMN - 2 * GAP;
}

function drawText({ properties: { markdown = '' } }: Widget): string[] {
  const level = /^#*/.exec(markdown)?.[0].length ?? 0;
  const size = [12, 18, 16, 15][level] ?? 12;
  const style = level > 0 ? `fill="${INK}" font-weight="bold"` : `fill="${FAINT}"`;
  return [
    `<text x="6" y="14" font-size="${size}" ${style}>${escapeXml(markdown.replace(/^#+ /, '').replaceAll('`', ''))}</text>`,
  ];
}

function drawBox(widget: Widget, kind: string): string[] {
  const [width, height] = [innerWidth(widget), widget.height * ROW - 2 * GAP];
  return [
    `<rect width="${width}" height="${height}" rx="3" fill="#ffffff" stroke="${LINE}"/>`,
    `<text x="10" y="17" fill="${INK}" font-weight="bold">${escapeXml(widget.properties.title ?? '')}</text>`,
    `<text x="${width - 10}" y="17" fill="${FAINT}" text-anchor="end" font-size="11">${kind}</text>`,
  ];
}

function drawAlarms(widget: Widget): string[] {
  const { alarms = [] } = widget.properties;
  const width = (innerWidth(widget) - 10) / Math.max(alarms.length, 1);
  return alarms.flatMap((name, index) => {
    const x = 10 + index * width;
    return [
      `<circle cx="${x + 5}" cy="29" r="4" fill="#1d8102"/>`,
      `<text x="${x + 14}" y="33" fill="${INK}" font-size="11">${escapeXml(name)}</text>`,
    ];
  });
}

/** A line of the legend: what is drawn, and in which colour; dashed if it is a mark and no metric. */
interface LegendLine {
  readonly text: string;
  readonly color: string;
  readonly dashed: boolean;
}

function drawLegend(widget: Widget): string[] {
  const characters = Math.floor((innerWidth(widget) - 44) / CHARACTER);
  return legendOf(widget).flatMap(({ text, color, dashed }, index) => {
    const y = 38 + index * 18;
    return [
      `<line x1="10" y1="${y - 4}" x2="30" y2="${y - 4}" stroke="${color}" stroke-width="3"${dashed ? ' stroke-dasharray="4 3"' : ''}/>`,
      `<text x="36" y="${y}" fill="${INK}" font-family="Consolas, Menlo, monospace" font-size="11">${escapeXml(cut(text, characters))}</text>`,
    ];
  });
}

function legendOf({ properties: { metrics = [], annotations } }: Widget): LegendLine[] {
  const marks = annotations?.horizontal ?? [];
  return [
    ...metrics.flatMap(lineOfMetric),
    ...marks.map(({ label = '' }) => ({ text: label, color: FAINT, dashed: true })),
  ];
}

const SHORT: Readonly<Record<string, string>> = { Average: 'avg', Maximum: 'max', Sum: 'sum' };

/** Hidden metrics are there for the expressions that use them, which name them. */
function lineOfMetric(metric: readonly unknown[]): LegendLine[] {
  const options = metric.at(-1) as { label?: string; color?: string; stat?: string; visible?: boolean };
  const { expression } = options as { expression?: string };
  if (options.visible === false) return [];
  const { color = DEFAULT_COLOR, stat = 'Average' } = options;
  return [{ text: expression ?? `${metric[1]} (${SHORT[stat] ?? stat})`, color, dashed: false }];
}

function cut(text: string, characters: number): string {
  return text.length <= characters ? text : `${text.slice(0, characters - 1)}…`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
