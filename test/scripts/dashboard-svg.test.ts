import { describe, expect, test } from '@jest/globals';
import { type Dashboard, readDashboard, type Widget } from '../../scripts/dashboard-body.ts';
import { drawDashboard } from '../../scripts/dashboard-svg.ts';

const graph: Widget = {
  type: 'metric',
  x: 12,
  y: 1,
  width: 12,
  height: 6,
  properties: {
    title: 'Age < 1 & more',
    metrics: [
      [{ expression: 'calls / 2', label: 'half' }],
      ['Ours', 'Calls', 'function_name', 'f', { id: 'calls', visible: false, stat: 'Sum' }],
      ['Ours', 'Users', 'function_name', 'f', { color: '#123456', stat: 'Sum' }],
      ['Ours', 'Duration', { label: 'average' }],
    ],
    annotations: { horizontal: [{ label: 'too many' }] },
  },
};
const text: Widget = { type: 'text', x: 0, y: 0, width: 24, height: 1, properties: { markdown: '### Users `here`' } };
const alarms: Widget = {
  type: 'alarm',
  x: 0,
  y: 7,
  width: 24,
  height: 2,
  properties: { title: 'Alarms', alarms: ['One'] },
};

const draw = (...widgets: Widget[]) => drawDashboard({ widgets });
/** All that can be read in a picture. */
const words = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, found]) => found);

describe('the picture of a dashboard', () => {
  test('has the title, the kind and the lines of a graph, and not what only expressions use', () => {
    expect(words(draw(graph))).toEqual([
      'Age &lt; 1 &amp; more',
      'lines',
      'calls / 2',
      'Users (sum)',
      'Duration (avg)',
      'too many',
    ]);
    expect(draw(graph)).toContain('stroke="#123456"');
  });

  test('has headings and alarms', () => {
    expect(words(draw(text, alarms))).toEqual(['Users here', 'Alarms', 'alarm status', 'One']);
  });

  test('has each widget where the dashboard has it, and room for all of them', () => {
    const svg = draw(text, graph, alarms);
    expect(svg).toContain('viewBox="0 0 1056 216"');
    expect([...svg.matchAll(/translate\(([^)]*)\)/g)].map(([, place]) => place)).toEqual(['4 4', '532 28', '4 172']);
  });

  test('cuts what is longer than its box', () => {
    const long = 'a + '.repeat(100);
    const [, , line] = words(draw({ ...graph, properties: { title: 'Long', metrics: [[{ expression: long }]] } }));
    expect(line).toMatch(/^a \+ .*…$/);
    expect(line!.length).toBeLessThan(90);
  });
});

describe('the dashboard of a template', () => {
  const widgets: Dashboard['widgets'] = [text];
  const template = (...bodies: unknown[]) => ({
    Resources: Object.fromEntries(
      bodies.map((DashboardBody, id) => [
        `D${id}`,
        { Type: 'AWS::CloudWatch::Dashboard', Properties: { DashboardBody } },
      ]),
    ),
  });

  test('is read with names where it refers to resources', () => {
    const [before, after] = JSON.stringify({ widgets }).split('Users');
    const body = {
      'Fn::Join': ['', [before, { Ref: 'Function' }, '-', { 'Fn::GetAtt': ['Queue', 'QueueName'] }, after]],
    };
    expect(readDashboard(template(body)).widgets[0]!.properties.markdown).toBe('### Function-Queue `here`');
  });

  test('has to be the only one, and of what is known', () => {
    expect(() => readDashboard(template())).toThrow('The template has 0 dashboards.');
    expect(() => readDashboard(template('{}', '{}'))).toThrow('The template has 2 dashboards.');
    expect(() => readDashboard(template({ 'Fn::Sub': '{}' }))).toThrow('is not a text');
  });
});
