/** Lines that are reckoned from metrics: of those that the graph has, and with the alarms' own figures. */
import { describe, expect, test } from '@jest/globals';
import { stackTemplate } from '../support.ts';
import { dashboardOf } from './dashboard-of.ts';
import { alarmsOfTemplate } from './evaluate-alarm.ts';

interface Line {
  readonly id?: string;
  readonly visible?: boolean;
  readonly expression?: string;
}

const template = stackTemplate({ orderGuard: true });
const { widgets } = dashboardOf(template);
const graphs = widgets
  .filter(({ type }) => type === 'metric')
  .map(({ properties: { title = '', metrics = [] } }) => ({
    title,
    lines: metrics.map((metric) => metric.at(-1) as Line),
  }));

test('a graph has a line that is drawn, and reckons with nothing but what it has', () => {
  expect(graphs.length).toBeGreaterThan(15);
  for (const { title, lines } of graphs) {
    const ids = lines.map(({ id }) => id);
    const used = lines.flatMap(({ expression = '' }) =>
      expression.startsWith('SEARCH') ? [] : (expression.match(/\b[a-z]\w*/g) ?? []),
    );
    expect({ title, drawn: lines.some(({ visible }) => visible !== false) }).toEqual({ title, drawn: true });
    expect({ title, unknown: used.filter((id) => !ids.includes(id)) }).toEqual({ title, unknown: [] });
  }
});

test('how the alarms are is shown for each of them', () => {
  const [shown, ...others] = widgets.filter(({ type }) => type === 'alarm');
  expect(others).toEqual([]);
  expect(shown!.properties.alarms!.map((arn) => arn.split(':').at(-1))).toEqual(
    [...alarmsOfTemplate(template).values()].map(({ AlarmName }) => AlarmName),
  );
});

describe('the graph of an alarm', () => {
  test.each([...alarmsOfTemplate(template)])('%s draws what the alarm looks at', (name, { Metrics = [] }) => {
    const { lines } = graphs.find(({ title }) => title === name)!;
    const expressions = (all: readonly { Expression?: string; expression?: string }[]) =>
      all.flatMap(({ Expression, expression }) => Expression ?? expression ?? []);
    expect(expressions(lines)).toEqual(expressions(Metrics));
    expect(lines.flatMap(({ id }) => id ?? []).sort()).toEqual(
      Metrics.flatMap(({ Id, MetricStat }) => (MetricStat ? Id : [])).sort(),
    );
  });
});
