/** Draws a run: backlog, age and rate over time, each as an SVG. */
import * as echarts from 'echarts';
import type { Sample } from './observations.ts';

/** A picture, and what it is called. */
export interface Chart {
  readonly name: string;
  readonly svg: string;
}

const SIZE = { width: 800, height: 260 };

interface Series {
  readonly name: string;
  readonly valueOf: (sample: Sample) => number | undefined;
}

/**
 * Draws the charts of a run.
 *
 * @param sources - their names; with two or more of them, there is a chart of ages by source
 */
export function drawCharts(samples: readonly Sample[], sources: readonly string[] = []): readonly Chart[] {
  return [
    draw('backlog', 'Users in the queue', samples, [{ name: 'users', valueOf: ({ backlog }) => backlog }]),
    draw('age', 'Age at delivery, in seconds', samples, [
      { name: 'median', valueOf: ({ age }) => age?.median },
      { name: '99th percentile', valueOf: ({ age }) => age?.p99 },
    ]),
    draw('rate', 'Users delivered in a second', samples, [
      { name: 'users/s', valueOf: ({ usersPerSecond }) => usersPerSecond },
    ]),
    ...(sources.length > 1 ? [drawSources(samples, sources)] : []),
  ];
}

/** On a scale of powers of ten: a backlog is minutes old, and live users seconds. */
function drawSources(samples: readonly Sample[], sources: readonly string[]): Chart {
  const series = sources.map((name, source) => ({
    name,
    valueOf: ({ ageBySource }: Sample) => ageBySource[source]?.p99,
  }));
  const yAxis = { type: 'log', min: 0.1 };
  return draw('age-by-source', 'Age at delivery by source, 99th percentile, in seconds', samples, series, yAxis);
}

function draw(
  name: string,
  title: string,
  samples: readonly Sample[],
  series: readonly Series[],
  yAxis: object = { type: 'value', min: 0 },
): Chart {
  const unit = unitFor(samples.at(-1)?.at ?? 0);
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, ...SIZE });
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    color: ['#2a6f97', '#e07a1f', '#4c956c', '#9d4edd', '#6c757d'],
    title: { text: title, left: 12, top: 8, textStyle: { fontSize: 14, fontFamily: 'sans-serif' } },
    legend: series.length > 1 ? { right: 12, top: 8 } : undefined,
    grid: { left: 70, right: 24, top: 44, bottom: 44 },
    xAxis: { type: 'value', name: unit.name, nameLocation: 'middle', nameGap: 26, min: 0, max: 'dataMax' },
    yAxis,
    series: series.map((each) => ({
      name: each.name,
      type: 'line',
      showSymbol: samples.length < 2,
      step: false,
      lineStyle: { width: 1.5 },
      data: samples.map((sample) => [round(sample.at / unit.seconds), round(each.valueOf(sample)) ?? '-']),
    })),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return { name, svg: `${svg}\n` };
}

function unitFor(seconds: number): { readonly name: string; readonly seconds: number } {
  if (seconds > 3 * 3600) return { name: 'hours', seconds: 3600 };
  return seconds > 600 ? { name: 'minutes', seconds: 60 } : { name: 'seconds', seconds: 1 };
}

/** Three digits are more than a picture shows, and keep the file small. */
function round(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Number(value.toPrecision(4));
}
