/** Draws a run: backlog, age and rate over time, each as an SVG that says what it is of. */
import * as echarts from 'echarts';
import type { Sample } from './observations.ts';

/** A picture, and what it is called. */
export interface Chart {
  readonly name: string;
  readonly svg: string;
}

const SIZE = { width: 800, height: 280 };

interface Series {
  readonly name: string;
  readonly valueOf: (sample: Sample) => number | undefined;
  readonly isDashed?: boolean;
}

/** What a run's charts are of. */
export interface ChartedRun {
  readonly samples: readonly Sample[];
  /** Their names; with two or more of them, there is a chart of ages by source. @default one source */
  readonly sources?: readonly string[];
  /** What the quota lets through, in users a second. */
  readonly quota: number;
  /** The command that draws them again. */
  readonly command: string;
}

/** Draws the charts of a run. */
export function drawCharts({ samples, sources = [], quota, command }: ChartedRun): readonly Chart[] {
  const draw = drawerOf(samples, command);
  return [
    draw('backlog', 'Users in the queue', [
      { name: 'most', valueOf: ({ backlogRange }) => backlogRange.most },
      { name: 'least', valueOf: ({ backlogRange }) => backlogRange.least },
    ]),
    draw('age', 'Age at delivery, in seconds', [
      { name: 'median', valueOf: ({ age }) => age?.median },
      { name: '99th percentile', valueOf: ({ age }) => age?.p99 },
    ]),
    draw('rate', 'Users a second', [
      { name: 'delivered', valueOf: ({ usersPerSecond }) => usersPerSecond },
      { name: 'arrived', valueOf: ({ arrivedPerSecond }) => arrivedPerSecond },
      { name: 'the quota', valueOf: () => quota, isDashed: true },
    ]),
    ...(sources.length > 1 ? [drawSources(draw, sources)] : []),
  ];
}

type Draw = (name: string, title: string, series: readonly Series[], yAxis?: object) => Chart;

/** On a scale of powers of ten: a backlog is minutes old, and live users seconds. */
function drawSources(draw: Draw, sources: readonly string[]): Chart {
  const series = sources.map((name, source) => ({
    name,
    valueOf: ({ ageBySource }: Sample) => ageBySource[source]?.p99,
  }));
  const yAxis = { type: 'log', min: 0.1 };
  return draw('age-by-source', 'Age at delivery by source, 99th percentile, in seconds', series, yAxis);
}

function drawerOf(samples: readonly Sample[], command: string): Draw {
  const unit = unitFor(samples.at(-1)?.at ?? 0);
  return (name, title, series, yAxis = { type: 'value', min: 0 }) => {
    const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, ...SIZE });
    chart.setOption({
      animation: false,
      backgroundColor: '#ffffff',
      color: ['#2a6f97', '#e07a1f', '#4c956c', '#9d4edd', '#6c757d'],
      title: {
        text: title,
        subtext: command,
        left: 12,
        top: 8,
        textStyle: { fontSize: 14, fontFamily: 'sans-serif' },
        subtextStyle: { fontSize: 11, fontFamily: 'monospace' },
      },
      legend: series.length > 1 ? { right: 12, top: 8 } : undefined,
      grid: { left: 70, right: 24, top: 64, bottom: 44 },
      xAxis: { type: 'value', name: unit.name, nameLocation: 'middle', nameGap: 26, min: 0, max: 'dataMax' },
      yAxis,
      series: series.map((each) => ({
        name: each.name,
        type: 'line',
        showSymbol: samples.length < 2,
        step: false,
        lineStyle: { width: 1.5, type: each.isDashed ? 'dashed' : 'solid' },
        data: samples.map((sample) => [round(sample.at / unit.seconds), round(each.valueOf(sample)) ?? '-']),
      })),
    });
    const svg = chart.renderToSVGString();
    chart.dispose();
    return { name, svg: `${svg}\n` };
  };
}

function unitFor(seconds: number): { readonly name: string; readonly seconds: number } {
  if (seconds > 3 * 3600) return { name: 'hours', seconds: 3600 };
  return seconds > 600 ? { name: 'minutes', seconds: 60 } : { name: 'seconds', seconds: 1 };
}

/** Three digits are more than a picture shows, and keep the file small. */
function round(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Number(value.toPrecision(4));
}
